import js from "@eslint/js";
import globals from "globals";

/** What would have a browser run what somebody wrote. */
const DANGEROUS = ["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
  property,
  message: "Make elements instead: what others write is never HTML.",
}));

const WRITING = ["write", "writeln"].map((property) => ({ ...DANGEROUS[0], property, object: "document" }));

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      eqeqeq: "error",
      "no-control-regex": "off", // control characters are what we look for
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": ["error", ...DANGEROUS, ...WRITING],
      "no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["src/hubbub/web/worker.js"], languageOptions: { globals: { ...globals.serviceworker } } },
  { files: ["tests/web/**"], languageOptions: { globals: { ...globals.node } } },
];
