/**
 * A python3 for the set-up's tests: it answers what set-up asks, makes environments and "installs", all within a second
 * and without a network. FAKE_PYTHON (JSON) says what it lacks or where it fails; FAKE_CALLS is a file for its calls.
 */
const fs = require("node:fs");
const path = require("node:path");

const self = process.argv[1];
const args = process.argv.slice(2);
const fake = JSON.parse(process.env.FAKE_PYTHON ?? "{}");
const project = process.cwd();

function call(name) {
  fs.appendFileSync(process.env.FAKE_CALLS, name + "\n");
  const marker = path.join(path.dirname(process.env.FAKE_CALLS), `hung-${name}`);
  if (fake.hang === name && !fs.existsSync(marker)) {
    fs.writeFileSync(marker, String(process.pid));
    return hang();
  }
  const message = fake.fail?.[name];
  if (message) {
    console.error(message);
    process.exit(1);
  }
}

function hang() {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

function makeVenv(folder) {
  fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
  fs.copyFileSync(self, path.join(folder, "bin", "python"));
}

function install() {
  const target = args.indexOf("--target") < 0 ? undefined : args[args.indexOf("--target") + 1];
  const requirements = args.indexOf("--requirement") < 0 ? "" : args[args.indexOf("--requirement") + 1];
  if (args.at(-1) === "virtualenv") {
    call("pip-virtualenv");
    fs.mkdirSync(target, { recursive: true });
  } else if (args.at(-1).startsWith("ziglang")) {
    call("pip-ziglang");
  } else if (/tensorflow/.test(requirements)) {
    call("pip-tensorflow");
    fs.mkdirSync(path.join(target, "tensorflow", "include"), { recursive: true });
    for (const name of ["cc", "framework"])
      fs.writeFileSync(path.join(target, "tensorflow", `libtensorflow_${name}.so.2`), "");
    fs.mkdirSync(path.join(target, "tensorflow_cpu-2.21.0.dist-info"));
  } else {
    call("pip-requirements");
    const share = path.join(project, ".venv", "share", "jupyter");
    fs.mkdirSync(path.join(share, "lab"), { recursive: true });
    fs.mkdirSync(path.join(share, "labextensions", "jupyterlab-plotly"), { recursive: true });
    fs.writeFileSync(path.join(project, ".venv", "bin", "jupyter"), "");
  }
}

if (args[0] === "-c" && args[1].includes("virtualenv")) {
  const has = { venv: true, virtualenv: false, pip: true, ...fake.has };
  console.log(
    JSON.stringify({
      version: fake.version ?? [3, 12, 1],
      executable: self,
      implementation: "CPython",
      ...has,
    }),
  );
} else if (args[0] === "-c") {
  // "Is this an environment with pip?": a half-made one has no mark yet.
  console.log(fs.existsSync(path.join(path.dirname(self), "..", "pip")) ? "True" : "False");
} else if (args[1] === "venv" || args[1] === "virtualenv") {
  makeVenv(args[2]);
  call(args[1]);
  fs.writeFileSync(path.join(args[2], "pip"), "");
} else if (args[1] === "pip") {
  install();
} else if (args[1] === "jupyter") {
  call("trust");
} else {
  console.error(`fake python: ${args.join(" ")}`);
  process.exit(1);
}
