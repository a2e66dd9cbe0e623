// What scripts/build_web.mjs puts into the bundles. The paths are relative to the asset root.
declare const __WORKER_URL__: string;
declare const __WASM_URL__: string;
declare const __FRAME_URL__: string;
// The worker of files and its module, as openMedia takes them.
declare const __MEDIA_URL__: string;
declare const __BLOB_WASM_URL__: string;
// The service worker of what plays; it lies beside the page.
declare const __PLAY_URL__: string;
// Style sheets, minified.
declare const __FRAME_CSS__: string;
declare const __LOADER_CSS__: string;
declare const __PANEL_URL__: string;
declare const __LOGIN_URL__: string;
declare const __PANEL_CSS__: string;
declare const __REST_CSS__: string;
// Pictures, films and files, for both apps.
declare const __PARTS_URL__: string;
declare const __MEDIA_CSS__: string;
declare const __FILES__: import("../widget/frame/files.ts").Files;
declare const __TOOLS_CSS__: string;
declare const __CARDS_URL__: string;
declare const __CARDS_CSS__: string;
declare const __LINK_CSS__: string;
