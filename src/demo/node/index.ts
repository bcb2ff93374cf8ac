export { buildDemo, type Built, type DemoOptions } from "./build";
export { startDemoServer, type DemoServer, type DemoServerOptions } from "./server";
