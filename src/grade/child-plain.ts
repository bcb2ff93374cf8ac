/** The child's program for labs of plain data: nothing but Node behind it. */
import { startChild } from "./child";

startChild();
