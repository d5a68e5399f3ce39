// Compiles the styles and bundles the scripts into fundflow/static/built/, and packs them beside.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../node_modules");
const built = join(here, "../static/built");
mkdirSync(built, { recursive: true });
const css = compile(join(here, "fundflow.scss"), {
  loadPaths: [modules], style: "compressed", quietDeps: true,
});
writeFileSync(join(built, "fundflow.css"), css.css);
copyFileSync(join(modules, "govuk-frontend/dist/govuk/govuk-frontend.min.js"), join(built, "govuk-frontend.min.js"));
copyFileSync(
  join(modules, "accessible-autocomplete/dist/accessible-autocomplete.min.js"),
  join(built, "accessible-autocomplete.min.js"),
);
for (const script of readdirSync(here).filter((name) => name.endsWith(".js"))) {
  copyFileSync(join(here, script), join(built, script));
}
// The picker folds names by the server’s own table.
const names = readFileSync(join(here, "../names.json"), "utf8");
writeFileSync(join(built, "names-table.js"), `export default ${names};`);

// As browsers take them: the server sends the smallest that one accepts.
for (const name of readdirSync(built).filter((name) => !/\.(gz|br)$/.test(name))) {
  const whole = readFileSync(join(built, name));
  writeFileSync(join(built, `${name}.gz`), gzipSync(whole, { level: 9 }));
  writeFileSync(join(built, `${name}.br`), brotliCompressSync(whole));
}
