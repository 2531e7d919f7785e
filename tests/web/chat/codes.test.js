/** The page takes the same refusals for passing ones as the Python client. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isPassing } from "../../../src/hubbub/web/js/chat/codes.js";

const TABLE = new URL("../../golden/tables/codes.json", import.meta.url);
const { passing, lasting } = JSON.parse(readFileSync(TABLE, "utf8"));

for (const code of passing) test(`${code} passes`, () => assert(isPassing(code)));
for (const code of [...lasting, "of a newer server"]) test(`${code} lasts`, () => assert(!isPassing(code)));
