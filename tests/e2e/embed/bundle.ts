// Bundles a shop's own app the way its developers would, from what they would install.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export async function bundle(app: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path(`./apps/${app}.js`)],
    bundle: true,
    write: false,
    format: "esm",
    // In place of ours, which names another library.
    tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "react" } },
    loader: { ".js": "jsx" },
    alias: { "@shopbell/widget": path("../../../widget/package/load.ts") },
    define: {
      // StrictMode runs effects twice in development only.
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}
