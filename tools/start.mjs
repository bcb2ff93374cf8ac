/** `npm start`: set-up, then JupyterLab with the chapters, until Ctrl-C. */
import { parseArgs } from "node:util";
import { SetupError } from "./setup/cures.mjs";
import { freePort, hasDisplay, startServer } from "./setup/jupyter-server.mjs";
import { pathsOf } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

const help = `npm start                     sets up what is missing and opens JupyterLab in the browser
npm start -- --no-browser     only prints the address (so it is where there is no display)
npm start -- --port 9000      this port, or the next free one (8888 otherwise)
`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "8888" },
        "no-browser": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`--port ${values.port} is not a port: give a whole number from 1 to 65535.`);
    }
    return { ...values, port };
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}

const paths = pathsOf();
const { env } = process;
try {
  await setUp();
  const port = await freePort(options.port);
  if (port !== options.port) console.log(`Port ${options.port} is taken; this lab uses ${port}.`);
  const browser = !options["no-browser"] && hasDisplay(env);

  console.log("Starting JupyterLab ...");
  const server = startServer({ paths, env, port, browser });
  let stopping = false;
  const stop = () => {
    if (!stopping) console.log("\nStopping JupyterLab and its kernels ...");
    stopping = true;
    void server.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

  const url = await server.ready().catch((error) => {
    if (!stopping) throw error;
  });
  if (url && !stopping) {
    console.log(browser ? "\nThe browser opens this address:\n" : "\nOpen this address in a browser:\n");
    console.log(url);
    console.log("\nCtrl-C stops it.");
  }
  const how = await server.ended;
  if (stopping) console.log("Stopped.");
  else throw new SetupError(`JupyterLab ended by itself (${how}); its log is .lab/jupyter.log.`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  // Set-up has shown its own sentence.
  if (!error.shown) console.error(error.message);
  process.exitCode = 1;
}
