// The snippets of docs/EMBED.md that sign a token, taken out of the document and run as they stand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

// The tests are run from the root of the tree.
const embed = readFileSync("docs/EMBED.md", "utf8");
const chapter = embed.slice(embed.indexOf("| `name` | optional"), embed.indexOf("## npm package"));
const blocks = [...chapter.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];

const snippet = (language) => {
  const found = blocks.filter(([, name]) => name === language).map(([, , code]) => code);
  assert.equal(found.length, 1, `one snippet in ${language}`);
  return found[0];
};

const secret = randomBytes(32);
const shop = randomBytes(32).toString("base64url");
const device = randomBytes(32).toString("base64url");
const name = 'Lin "Xiao" 林小满';

const has = (program) => spawnSync("which", [program]).status === 0;

function run(folder, program, ...rest) {
  const env = {
    ...process.env,
    SHOPBELL_SECRET: secret.toString("base64url"),
    SHOPBELL_SHOP: shop,
    LANG: "C.UTF-8",
  };
  const { status, stdout, stderr } = spawnSync(program, rest, { cwd: folder, env });
  assert.equal(status, 0, `${program}: ${stderr}`);
  return stdout.toString().trim().split("\n");
}

const read = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

function check(token) {
  const [header, payload, signature, ...more] = token.split(".");
  assert.deepEqual(more, []);
  assert.deepEqual(read(header), { alg: "HS256", kid: "2026-11" });
  const wanted = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
  assert.equal(signature, wanted);
  const { iat, exp, jti, ...claims } = read(payload);
  assert.deepEqual(claims, {
    iss: "shop.example", aud: shop, sub: "u-17", name, cnf: { kid: device },
  });
  assert.equal(exp - iat, 240);
  assert.ok(typeof jti === "string" && jti.length >= 16);
  return jti;
}

const text = (value) => JSON.stringify(value);
const customer = text({ id: "u-17", name });
const java_text = (value) =>
  text(value).replace(/[^\x20-\x7e]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

const languages = {
  js: {
    needs: "node",
    sign(folder) {
      const call = `console.log(shopbellToken(${customer}, ${text(device)}));\n`;
      writeFileSync(join(folder, "token.mjs"), `${snippet("js")}${call}${call}`);
      return run(folder, process.execPath, "token.mjs");
    },
  },
  python: {
    needs: "python3",
    sign(folder) {
      const call = `print(shopbell_token(${customer}, ${text(device)}))\n`;
      writeFileSync(join(folder, "token.py"), `${snippet("python")}${call}${call}`);
      return run(folder, "python3", "token.py");
    },
  },
  php: {
    needs: "php",
    sign(folder) {
      const token = `shopbell_token(json_decode('${customer}', true), ${text(device)})`;
      const call = `echo ${token}, "\\n";\n`;
      writeFileSync(join(folder, "token.php"), `<?php\n${snippet("php")}${call}${call}`);
      return run(folder, "php", "token.php");
    },
  },
  java: {
    needs: "javac",
    sign(folder) {
      const call = `ShopbellToken.of("u-17", ${java_text(name)}, ${text(device)})`;
      const main = `class Main { public static void main(String[] none) throws Exception {
        System.out.println(${call}); System.out.println(${call}); } }`;
      writeFileSync(join(folder, "ShopbellToken.java"), snippet("java"));
      writeFileSync(join(folder, "Main.java"), main);
      run(folder, "javac", "ShopbellToken.java", "Main.java");
      return run(folder, "java", "Main");
    },
  },
};

for (const [language, { needs, sign }] of Object.entries(languages)) {
  const skip = !has(needs) && `${needs} is not on this machine`;
  test(`the ${language} snippet signs a token as the desk wants it`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "shopbell-token-"));
    try {
      const [first = "", second = ""] = sign(folder);
      assert.notEqual(check(first), check(second), "each token has a number of its own");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
