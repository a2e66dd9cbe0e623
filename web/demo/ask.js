// "Ask about it": offers the thing to the person, who sends it or does not, and opens the bell.
document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-ask]");
  if (button && window.Shopbell) {
    const { title, sku, amount } = button.dataset;
    const card = { type: "product", title, sku, amount: Number(amount), currency: "CNY" };
    window.Shopbell("send", { ...card, url: location.href.split("#")[0] });
    window.Shopbell("open");
  }
});
