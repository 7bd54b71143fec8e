// Sub-site: consent, the programme (history API) and the calendar (#/ routes).
(function () {
  "use strict";
  var consent = document.querySelector("[data-toestemming]");
  function chosen() { try { return window.localStorage.getItem("toestemming"); } catch (error) { return "nee"; } }
  if (consent) {
    consent.hidden = Boolean(chosen());
    Array.prototype.forEach.call(consent.querySelectorAll("[data-keuze]"), function (button) {
      button.addEventListener("click", function () {
        window.localStorage.setItem("toestemming", button.getAttribute("data-keuze"));
        consent.hidden = true;
      });
    });
  }
  var menu = document.querySelector("[data-menu]"), items = document.querySelector("[data-menu-lijst]");
  if (menu) {
    items.setAttribute("data-dicht", "");
    menu.addEventListener("click", function () {
      var open = items.hasAttribute("data-dicht");
      items.toggleAttribute("data-dicht", !open);
      menu.setAttribute("aria-expanded", String(open));
    });
  }
  function part(name) {
    return Array.prototype.filter.call(document.querySelectorAll("template[data-route]"), function (template) {
      return template.getAttribute("data-route") === name;
    })[0];
  }
  var place = document.querySelector("[data-scherm]");
  if (!place) { return; }
  function show(name, focus) {
    var template = part(name) || part(place.getAttribute("data-begin"));
    place.textContent = "";
    place.appendChild(document.importNode(template.content, true));
    if (place.getAttribute("data-scherm") === "goed") {
      document.title = template.getAttribute("data-titel") + " - Voorbeeldmeer in beweging";
      var heading = place.querySelector("h1");
      heading.tabIndex = -1;
      if (focus) { heading.focus(); }
    }
  }
  if (place.getAttribute("data-scherm") === "goed") {
    place.addEventListener("click", function (event) {
      var link = event.target.closest("a[data-intern]");
      if (link) {
        event.preventDefault();
        window.history.pushState({}, "", link.getAttribute("href"));
        show(window.location.pathname, true);
      }
    });
    window.addEventListener("popstate", function () { show(window.location.pathname, true); });
    show(window.location.pathname, false);
  } else {
    window.addEventListener("hashchange", function () { show(window.location.hash || "#/", false); });
    show(window.location.hash || "#/", false);
  }
}());
