// The keys of a shop: saved under a passphrase, checked, brought back on another machine; and a
// machine that is lost, with its backup started elsewhere while everybody's page stays open.
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { AdminPage } from "./pages/admin_page.ts";
import { shopbell } from "./split_program.ts";

const WORDS = "correct horse battery\n";

test("keys are saved, checked and brought back, and status asks for it until then", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shopbell-keys-"));
  const data = ["--data", join(folder, "here")];
  const file = join(folder, "backup");
  const words = join(folder, "words");
  await writeFile(words, WORDS, { mode: 0o600 });
  const passphrase = ["--passphrase-file", words];
  // It ends with 1 while no server runs.
  const status = () =>
    shopbell("status", ...data).catch(({ stdout }: { stdout: string }) => stdout);

  const made = await shopbell("init", ...data, "--port", "1");
  expect(made).toContain("Without the keys the shop is gone");
  const shown = await shopbell("keys", "show", ...data);
  await shopbell("keys", "backup", file, ...data, ...passphrase);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).not.toContain("seed");
  expect(await status()).toContain("The backup of the keys was never checked");
  await shopbell("keys", "verify", file, ...data, ...passphrase);
  expect(await status()).not.toContain("Without the keys");

  const other = ["--data", join(folder, "there")];
  await shopbell("keys", "restore", file, ...other, ...passphrase);
  expect(await shopbell("keys", "show", ...other)).toBe(shown);
  await writeFile(words, "another horse\n", { mode: 0o600 });
  await expect(shopbell("keys", "verify", file, ...other, ...passphrase)).rejects.toThrow();

  await writeFile(words, WORDS, { mode: 0o600 });
  await shopbell("keys", "seal", ...data, ...passphrase);
  await expect(shopbell("status", ...data)).rejects.toThrow();
  expect(await shopbell("keys", "show", ...data, ...passphrase)).toBe(shown);
  await rm(folder, { recursive: true });
});

test("a lost machine is replaced from its backup, open pages go on by themselves", async ({
  server,
  people,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Are you there?");
  const lin = await people.agent("Lin", "en");
  await lin.openFirst();
  await lin.say("Always.");
  await expect(visitor.message("Always.")).toBeVisible();

  await server.stop();
  const elsewhere = await mkdtemp(join(tmpdir(), "shopbell-elsewhere-"));
  await cp(server.folder, elsewhere, { recursive: true });
  await rm(join(elsewhere, "lock"), { force: true });
  await visitor.say("Said to nobody.");
  await server.again(elsewhere);
  await expect(visitor.message("Said to nobody.")).toHaveAttribute("data-state", /delivered|read/);
  await expect(lin.message("Said to nobody.")).toBeVisible();
  await lin.say("Heard all the same.");
  await expect(visitor.message("Heard all the same.")).toBeVisible();
  const admin = await AdminPage.open(lin);
  await admin.go("team");
  await expect(admin.page.getByTestId("member")).toHaveCount(1);
  await server.stop();
  await rm(elsewhere, { recursive: true });
});
