// Behaviour of the main site: all of it keyboard operable, found by data-js, so that class names may change.
(function () {
  "use strict";
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }
  function target(element) { return document.getElementById(element.getAttribute("aria-controls")); }

  all("[data-js=uitklap]").forEach(function (button) {
    button.addEventListener("click", function () {
      var open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      target(button).hidden = !open;
    });
  });

  all("[data-js=tabs]").forEach(function (list) {
    var tabs = all("[role=tab]", list);
    function choose(tab, focus) {
      tabs.forEach(function (other) {
        var chosen = other === tab;
        other.setAttribute("aria-selected", String(chosen));
        other.tabIndex = chosen ? 0 : -1;
        target(other).hidden = !chosen;
      });
      if (focus) { tab.focus(); }
    }
    tabs.forEach(function (tab, index) {
      tab.addEventListener("click", function () { choose(tab, false); });
      tab.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) { event.preventDefault(); choose(tabs[(index + step + tabs.length) % tabs.length], true); }
      });
    });
  });

  all("[data-js=venster]").forEach(function (button) {
    var dialog = target(button);
    button.addEventListener("click", function () { dialog.showModal(); });
    all("[data-js=sluit]", dialog).forEach(function (close) {
      close.addEventListener("click", function () { dialog.close(); });
    });
    dialog.addEventListener("close", function () { button.focus(); });
  });

  all("[data-js=carrousel]").forEach(function (carousel) {
    var slides = all("[data-js=dia]", carousel), pause = carousel.querySelector("[data-js=pauze]");
    var now = 0, running = !window.matchMedia("(prefers-reduced-motion: reduce)").matches, timer = 0;
    function show(index) {
      now = (index + slides.length) % slides.length;
      slides.forEach(function (slide, at) { slide.hidden = at !== now; });
    }
    function set(on) {
      running = on;
      window.clearInterval(timer);
      if (on) { timer = window.setInterval(function () { show(now + 1); }, 4000); }
      pause.textContent = on ? "Pauzeer diavoorstelling" : "Speel diavoorstelling af";
    }
    pause.addEventListener("click", function () { set(!running); });
    carousel.querySelector("[data-js=vorige]").addEventListener("click", function () { set(false); show(now - 1); });
    carousel.querySelector("[data-js=volgende]").addEventListener("click", function () { set(false); show(now + 1); });
    show(0);
    set(running);
  });

  all("[data-js=tip]").forEach(function (area) {
    var tip = area.querySelector("[role=tooltip]"), timer = 0;
    function show() { window.clearTimeout(timer); tip.style.display = "block"; }
    function hide() { window.clearTimeout(timer); timer = window.setTimeout(function () { tip.style.display = "none"; }, 200); }
    area.addEventListener("mouseenter", show);
    area.addEventListener("mouseleave", hide);
    area.addEventListener("focusin", show);
    area.addEventListener("focusout", hide);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { window.clearTimeout(timer); tip.style.display = "none"; }
    });
  });

  all("[data-js=filter]").forEach(function (field) {
    var rows = all("[data-js=rij]"), status = document.querySelector("[data-js=aantal]");
    field.addEventListener("input", function () {
      var word = field.value.toLowerCase(), left = 0;
      rows.forEach(function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(word) < 0;
        left += row.hidden ? 0 : 1;
      });
      status.textContent = left + " resultaten";
    });
  });

  function problem(field) {
    var value = field.value.trim(), name = field.getAttribute("data-naam");
    if (field.hasAttribute("data-verplicht") && (field.type === "checkbox" ? !field.checked : !value)) {
      return field.type === "checkbox" ? "Vink aan: " + name + "." : "Vul dit veld in: " + name + ".";
    }
    if (value && field.type === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) {
      return "Vul een e-mailadres in zoals naam@voorbeeld.nl.";
    }
    if (value && field.hasAttribute("data-datum") && !/^\d{2}-\d{2}-\d{4}$/.test(value)) {
      return "Vul de datum in als dd-mm-jjjj, bijvoorbeeld 31-01-2026.";
    }
    if (value && field.hasAttribute("data-postcode") && !/^\d{4} ?[A-Za-z]{2}$/.test(value)) {
      return "Vul de postcode in als vier cijfers en twee letters, bijvoorbeeld 1234 AB.";
    }
    return "";
  }
  window.voorbeeldmeer = { problem: problem };

  all("form[data-js=controle]").forEach(function (form) {
    var summary = form.querySelector("[role=alert]");
    form.noValidate = true;
    form.addEventListener("submit", function (event) {
      var wrong = all("[data-naam]", form).filter(function (field) {
        var text = problem(field), message = document.getElementById(field.getAttribute("aria-describedby").split(" ").pop());
        message.textContent = text;
        field.setAttribute("aria-invalid", String(Boolean(text)));
        return text;
      });
      summary.textContent = wrong.length ? "Het formulier is nog niet verstuurd. Er zijn " + wrong.length + " velden die u moet aanpassen: " +
        wrong.map(function (field) { return field.getAttribute("data-naam"); }).join(", ") + "." : "";
      if (wrong.length) { event.preventDefault(); wrong[0].focus(); }
    });
  });
}());
