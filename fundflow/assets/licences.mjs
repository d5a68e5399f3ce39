// The licences of what npm brings to pages; fails on one that does not go with ours.
import { readFileSync } from "node:fs";

const ALLOWED = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD"];
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const brought = Object.entries(lock.packages).filter(([path, entry]) => path && !entry.dev);
for (const [path, { license }] of brought) {
  console.log(` ${path.replace(/^.*node_modules\//, "").padEnd(40)}${license ?? "UNKNOWN"}`);
  if (!ALLOWED.includes(license)) {
    console.error(`license ${license ?? "UNKNOWN"} of ${path} is not on the list`);
    process.exitCode = 1;
  }
}
