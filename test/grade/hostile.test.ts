import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeClass, type BatchOutcome } from "../../src/grade/batch";
import type { GradedSubmission } from "../../src/grade/class/model";
import { isIsolationName } from "../../src/grade/isolation";
import { zipOf } from "../helpers/zips"; // prettier-ignore

const root = join(__dirname, "..", "..");
const folder = join(__dirname, "hostile");
const SECRET = "secret-of-the-grader-4711";

interface Attack {
  readonly name: string;
  readonly text: string;
  readonly states: readonly string[];
  readonly message?: RegExp;
  /** What must not be in the output: the proof that the attack got through. */
  readonly silent?: string;
  readonly attacks: string;
}

/** The head of a hostile file says how it must end. */
function readAttack(file: string): Attack {
  const text = readFileSync(join(folder, file), "utf8");
  const said = (name: string): string | undefined => new RegExp(`^// ${name}: (.+)$`, "m").exec(text)?.[1];
  const [expect, message, silent] = ["expect", "message", "silent"].map(said);
  assert.ok(expect, `${file} begins with // expect:`);
  return {
    name: file.replace(".ts.txt", ""),
    text,
    states: expect.split("|"),
    ...(message !== undefined && { message: new RegExp(message) }),
    ...(silent !== undefined && { silent }),
    attacks: said("attacks") ?? "encodeChars",
  };
}

const attacks = readdirSync(folder)
  .filter((file) => file.endsWith(".ts.txt"))
  .map(readAttack);

/** The right answers without `fn`; of lab 01 two of them count, so that a submission is soon done. */
function honest(topic: string, fn: string): string {
  const text = readFileSync(join(root, "solutions", `${topic}.ts`), "utf8");
  const start = text.indexOf(`export function ${fn}(`);
  assert.ok(start > 0, fn);
  const rest = text.slice(0, start) + text.slice(text.indexOf("\n}\n", start) + 3);
  if (topic.startsWith("00")) return rest;
  return rest.replace(/^export function (?!countPairs|wordPiece)/gm, "function ");
}

const counted = ["01/count-pairs", "01/wordpiece"];

describe("a class with hostile submissions", function () {
  this.timeout(600_000);
  let place: string;
  let outside: string;
  let server: net.Server;
  let connections = 0;
  let batch: BatchOutcome;
  const environment = { TMPDIR: process.env["TMPDIR"], LAB_SECRET: process.env["LAB_SECRET"] };
  const before_ = Date.now();

  before(async () => {
    place = mkdtempSync(join(tmpdir(), "lab-hostile-"));
    outside = join(place, "outside");
    const temporary = join(place, "tmp");
    const [plain, tensors] = [join(place, "plain"), join(place, "tensors")];
    for (const each of [outside, temporary, plain, tensors]) mkdirSync(each);
    writeFileSync(join(outside, "kept"), "kept");
    // Learners' processes can be told from all others by this folder in their command line.
    process.env["TMPDIR"] = temporary;
    process.env["LAB_SECRET"] = SECRET;
    server = net.createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const filled = (text: string): string =>
      text
        .replaceAll("@ROOT@", root)
        .replaceAll("@TARGET@", outside)
        .replaceAll("@PORT@", String(port));
    for (const { name, text, attacks: fn } of attacks) {
      const [topic, to] = fn === "softmax" ? ["00-start-here", tensors] : ["01-tokenization", plain];
      mkdirSync(join(to, name));
      const rest = honest(topic, fn === "softmax" ? fn : "encodeChars");
      const separate = topic.startsWith("00") ? rest.replace(/^import { tf } from .*$/m, "") : rest;
      writeFileSync(join(to, name, `${topic}.ts`), `${filled(text)}\n${separate}`);
    }
    const solution = readFileSync(join(root, "solutions", "01-tokenization.ts"), "utf8");
    writeFileSync(join(plain, "honest.zip"), zipOf([{ name: "labs/01-tokenization.ts", data: solution }]));
    const lab = honest("01-tokenization", "encodeChars");
    writeFileSync(
      join(plain, "zip-links.zip"),
      zipOf([
        { name: "01-tokenization.ts", data: join(root, "solutions", "01-tokenization.ts"), mode: 0o120777 },
        { name: "solutions", data: join(root, "solutions"), mode: 0o120777 },
        { name: "../../outside/a.ts", data: "x" },
        { name: `${outside}/b.ts`, data: "x" },
        { name: "C:\\b.ts", data: "x" },
        { name: "labs/01-tokenization.ts", data: lab },
        { name: "labs/01-tokenization.ts", data: solution },
      ]),
    );
    writeFileSync(
      join(plain, "zip-bomb.zip"),
      zipOf([
        { name: "bomb.ts", data: Buffer.alloc(20_000_000, 32) },
        { name: "lies.ts", data: "x".repeat(50_000), claimedSize: 10 },
        { name: "locked.ts", data: "x", encrypted: true },
        { name: "01-tokenization.ts", data: lab },
      ]),
    );
    writeFileSync(join(plain, "no-zip.zip"), "PK, but no zip");
    const wanted = process.env["LAB_HOSTILE_ISOLATION"] ?? "auto";
    const limits = { callSeconds: 2, loadSeconds: 6, labSeconds: 30, heapMb: 64, extraMb: 256 };
    const isolation = isIsolationName(wanted) ? wanted : "auto";
    const common = { root, jobs: 2, limits, isolation } as const;
    const out = join(place, "out");
    batch = await gradeClass({ ...common, dir: plain, out, labs: ["01"] });
    const second = await gradeClass({ ...common, dir: tensors, out, labs: ["00"] });
    batch = { ...batch, results: [...batch.results, ...second.results], faults: [...batch.faults, ...second.faults] };
  }); // prettier-ignore

  after(() => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    server.close();
    rmSync(place, { recursive: true, force: true });
  });

  const of = (name: string): GradedSubmission => {
    const result = batch.results.find(({ learner }) => learner === name);
    assert.ok(result, `${name} has a result`);
    return result;
  };
  const questions = (name: string) => of(name).labs.flatMap((lab) => lab.questions);

  for (const { name, states, message, silent, attacks: fn } of attacks) {
    it(`${name}: ${states.join(" or ")}, no points for it, and honest work beside it keeps its own`, () => {
      const all = questions(name);
      const id = fn === "softmax" ? "00/softmax" : "01/encode-chars";
      const attacked = all.find((each) => each.id === id)!;
      const said = attacked.checks.map((check) => check.message).join("\n");
      assert.equal(attacked.score, 0, said);
      assert.ok(states.includes(attacked.state), `${attacked.state}: ${said}`);
      assert.match(said, message ?? /./);
      for (const proof of [silent?.replace("@SECRET@", SECRET), SECRET, "@REACHED@", "@CONNECTED@"]) {
        if (proof !== undefined) assert.ok(!attacked.output.includes(proof), attacked.output);
      }
      const others = all.filter((each) => each.id !== id && (fn === "softmax" || counted.includes(each.id)));
      for (const each of others) {
        if (fn === "everything") assert.equal(each.score, 0);
        else assert.deepEqual([each.id, each.state, each.score], [each.id, "pass", each.max], each.checks.map((check) => check.message).join("\n")); // prettier-ignore
      }
      assert.ok(others.length > 0);
    });
  }

  it("an honest submission in the same batch has full marks", () => {
    assert.deepEqual([of("honest").state, of("honest").score, of("honest").problems], ["pass", 100, []]);
  });

  it("links, paths that lead out, double names and bombs in a zip are refused by name, the rest is graded", () => {
    const links = of("zip-links").problems.join("\n");
    for (const refused of [
      /"01-tokenization\.ts" was not read: it is a link/,
      /"solutions" was not read: it is a link/,
      /"\.\.\/\.\.\/outside\/a\.ts" was not read: its name leads out/,
      /\/outside\/b\.ts" was not read: its name leads out/,
      /"C:\/b\.ts" was not read: its name leads out/,
      /"labs\/01-tokenization\.ts" was not read: an entry before it has the same name/,
    ]) {
      assert.match(links, refused);
    }
    const bomb = of("zip-bomb").problems.join("\n");
    assert.match(bomb, /"bomb\.ts" was not read: it (unpacks to more than 200 times|has 20000000 bytes)/);
    assert.match(bomb, /"lies\.ts" was not read/);
    assert.match(bomb, /"locked\.ts" was not read: it is encrypted/);
    for (const name of ["zip-links", "zip-bomb"]) {
      const earned = questions(name).filter(({ score }) => score > 0);
      assert.deepEqual(
        earned.map(({ id }) => id),
        counted,
      );
    }
    assert.match(of("no-zip").problems[0]!, /no-zip\.zip could not be read/);
    assert.deepEqual([of("no-zip").state, of("no-zip").score], ["not run", 0]);
  });

  it("no fault of the grader, and the probe saw that nothing is open", () => {
    assert.deepEqual(batch.faults, []);
    assert.deepEqual(
      Object.entries(batch.isolation.blocked).filter(([, blocked]) => !blocked),
      [],
    );
  });

  it("nothing was written outside, nobody connected, no process and no folder is left", function () {
    assert.deepEqual(readdirSync(outside), ["kept"]);
    assert.equal(readFileSync(join(outside, "kept"), "utf8"), "kept");
    assert.ok(statSync(join(root, "README.md")).mtimeMs < before_, "README.md is as it was");
    assert.equal(existsSync(join(root, "mine")), false);
    assert.equal(connections, 0);
    const left = readdirSync(join(place, "tmp")).filter((name) => !name.startsWith("lab-child-"));
    // The folders of tsx and of this process itself are no learner's.
    assert.deepEqual(left.filter((name) => name.startsWith("lab-")), []);
    if (process.platform === "win32") return;
    const { stdout } = spawnSync("ps", ["-Ao", "pid=,args="], { encoding: "utf8" });
    const processes = stdout.split("\n").filter((line) => line.includes(join(place, "tmp")));
    assert.deepEqual(processes, []);
  }); // prettier-ignore
});
