// Steps of an e-form: shows one at a time, checks before going on, fills in the summary.
(function () {
  "use strict";
  var form = document.querySelector("[data-stappen]"), steps = Array.prototype.slice.call(form.querySelectorAll("[data-stap]"));
  var alarm = form.querySelector("[data-alarm]"), now = 0;
  function wrong(step) {
    return Array.prototype.filter.call(step.querySelectorAll("[data-naam]"), function (field) {
      var text = window.voorbeeldmeer.problem(field);
      document.getElementById(field.getAttribute("aria-describedby").split(" ").pop()).textContent = text;
      field.setAttribute("aria-invalid", String(Boolean(text)));
      return text;
    });
  }
  function summary() {
    var list = form.querySelector("[data-overzicht]");
    list.textContent = "";
    Array.prototype.forEach.call(form.querySelectorAll("[data-wat]"), function (field) {
      var name = document.createElement("dt"), value = document.createElement("dd");
      name.textContent = field.getAttribute("data-wat");
      value.textContent = field.value || "niet ingevuld";
      list.appendChild(name);
      list.appendChild(value);
    });
  }
  function go(by) {
    if (by > 0) {
      var bad = wrong(steps[now]);
      alarm.textContent = bad.length ? "Er zijn " + bad.length + " velden die u moet aanpassen: " +
        bad.map(function (field) { return field.getAttribute("data-naam"); }).join(", ") + "." : "";
      if (bad.length) { bad[0].focus(); return; }
    }
    now = Math.max(0, Math.min(steps.length - 1, now + by));
    steps.forEach(function (step, index) { step.hidden = index !== now; });
    summary();
    steps[now].querySelector("h2").focus();
  }
  Array.prototype.forEach.call(form.querySelectorAll("[data-naar]"), function (button) {
    button.addEventListener("click", function () { go(Number(button.getAttribute("data-naar"))); });
  });
  form.addEventListener("submit", function (event) {
    if (now < steps.length - 1) { event.preventDefault(); go(1); }
  });
  form.addEventListener("change", function (event) {
    if (event.target.type === "radio") {
      Array.prototype.forEach.call(form.querySelectorAll("[data-alleen-bij]"), function (part) {
        part.hidden = part.getAttribute("data-alleen-bij") !== event.target.value;
      });
    }
  });
}());
