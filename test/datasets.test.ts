import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "datasets");

describe("datasets", () => {
  for (const set of readdirSync(root)) {
    it(`${set} has a card that tells origin, licence, rows and the sha256 of each file`, () => {
      const folder = join(root, set);
      const cardFile = join(folder, "CARD.md");
      assert.ok(existsSync(cardFile), `datasets/${set}/CARD.md is missing`);
      const card = readFileSync(cardFile, "utf8");
      for (const field of ["Origin", "Licence", "Rows", "sha256"])
        assert.match(
          card,
          new RegExp(`^\\| ${field} \\| .+ \\|$`, "m"),
          `datasets/${set}/CARD.md: no row "${field}"`,
        );
      for (const file of readdirSync(folder).filter((name) => name !== "CARD.md")) {
        const sum = createHash("sha256")
          .update(readFileSync(join(folder, file)))
          .digest("hex");
        assert.ok(card.includes(sum), `datasets/${set}/${file}: its sha256 ${sum} is not in the card`);
      }
    });
  }
});
