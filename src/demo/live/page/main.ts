/**
 * The program of a page with widgets, a classic script: it finds `<section data-live="ID">` and brings it to life. Heavy
 * ones wait for their button, the others begin when they come into sight.
 */
import { widgets } from "../widgets";
import { mount } from "./mount";

function begin(): void {
  const starts = new Map<Element, () => Promise<void>>();
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      void starts.get(target)?.();
    }
  });
  document.querySelectorAll<HTMLElement>("[data-live]").forEach((section) => {
    const widget = widgets.find(({ id }) => id === section.dataset["live"]);
    // Without its fields the site was built without its model, and says so.
    if (!widget || !section.querySelector(".live-form")) return;
    starts.set(section, mount(section, widget).start);
    if (!widget.heavy) sight.observe(section);
  });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
