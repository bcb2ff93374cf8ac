/** The child's program for labs of tensors: tfjs on its engine of plain JavaScript, loaded before the lab. */
import { tensorTools } from "../lab/checks/tensors";
import { startChild } from "./child";

/** The lab's `tf`: bundle.ts lets a lab take it from this module. */
export { tf } from "../lab/checks/tensors";

startChild(tensorTools);
