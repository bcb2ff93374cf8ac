import { startScheme } from "./scheme";

startScheme();
