// A React shop in StrictMode: every effect runs twice. Product pages have the bell, "about" not.
import { load } from "@shopbell/widget";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const settings = JSON.parse(document.getElementById("settings").textContent);
const goods = { "/react/tote": "Camellia tote", "/react/backpack": "Creek backpack" };

function Support({ product }) {
  const [bell, setBell] = useState();
  useEffect(() => {
    const loaded = load(settings);
    loaded.then(setBell);
    return () => loaded.then((each) => each.destroy());
  }, []);
  useEffect(() => {
    bell?.setContext({ product: { name: product } });
  }, [bell, product]);
  return (
    <button disabled={!bell} onClick={() => bell.open()}>
      Ask about the {product}
    </button>
  );
}

function Shop() {
  const [path, setPath] = useState(location.pathname);
  const go = (event) => {
    event.preventDefault();
    history.pushState(null, "", event.target.href);
    setPath(location.pathname);
  };
  const product = goods[path];
  return (
    <>
      <nav>
        {[...Object.keys(goods), "/react/about"].map((each) => (
          <a key={each} href={each} onClick={go}>
            {each}
          </a>
        ))}
      </nav>
      <h1>{product ?? "About us"}</h1>
      {product && <Support product={product} />}
    </>
  );
}

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
