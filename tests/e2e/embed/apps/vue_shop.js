// A Vue shop with its router: the tag stands in the page, each navigation says what is looked at.
import { createApp, h } from "vue";
import { RouterLink, RouterView, createRouter, createWebHistory } from "vue-router";

// The app may run before the tag's script is there.
window.Shopbell ??= function () {
  (window.Shopbell.q ??= []).push(arguments);
};

const Product = { render: (self) => h("h1", self.$route.params.name) };
const About = { render: () => h("h1", "About us") };
const router = createRouter({
  history: createWebHistory("/vue/"),
  routes: [
    { path: "/goods/:name", component: Product },
    { path: "/about", component: About },
  ],
});

router.afterEach((to) => {
  document.title = to.params.name ?? "About us";
  const product = to.params.name && { name: to.params.name, url: location.href };
  window.Shopbell("setContext", { page: { url: location.href, title: document.title }, product });
});

const links = ["/goods/tote", "/goods/backpack", "/about"];
createApp({
  render: () => [
    ...links.map((to) => h(RouterLink, { to }, () => to)),
    h(RouterView),
  ],
})
  .use(router)
  .mount("#app");
