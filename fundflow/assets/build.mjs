// Compiles the styles and bundles the scripts into fundflow/static/built/.
import { mkdirSync, writeFileSync, copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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
copyFileSync(join(modules, "accessible-autocomplete/dist/accessible-autocomplete.min.js"), join(built, "accessible-autocomplete.min.js"));
copyFileSync(join(modules, "accessible-autocomplete/dist/accessible-autocomplete.min.css"), join(built, "accessible-autocomplete.min.css"));
copyFileSync(join(here, "fundflow.js"), join(built, "fundflow.js"));
