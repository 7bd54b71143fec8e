// A small map in the manner of Leaflet: tiles, markers, popups, zoom, dragging, pinching. No outside sources.
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-kaart]"), function (box) {
    var good = box.getAttribute("data-kaart") === "goed";
    var pane = box.querySelector(".leaflet-map-pane"), tiles = box.querySelector(".leaflet-tile-pane");
    var markers = box.querySelector(".leaflet-marker-pane"), popups = box.querySelector(".leaflet-popup-pane");
    var zoom = 12, x = 0, y = 0, points = [], opener = null;
    function place() { pane.style.transform = "translate(" + x + "px," + y + "px)"; }
    function factor() { return Math.pow(1.5, zoom - 12); }
    function draw() {
      tiles.textContent = "";
      for (var column = 0; column < 4; column += 1) {
        for (var row = 0; row < 2; row += 1) {
          var tile = document.createElement("img");
          tile.className = "leaflet-tile";
          tile.alt = "";
          tile.src = "/tegels/" + zoom + "/" + column + "/" + row + ".svg";
          tile.style.left = column * 256 + "px";
          tile.style.top = row * 256 + "px";
          tiles.appendChild(tile);
        }
      }
      Array.prototype.forEach.call(markers.children, function (marker, index) {
        marker.style.left = points[index].x * factor() + "px";
        marker.style.top = points[index].y * factor() + "px";
      });
      box.setAttribute("data-zoom", zoom);
      place();
    }
    function set(step) { zoom = Math.max(10, Math.min(16, zoom + step)); close(); draw(); }
    function close() {
      popups.textContent = "";
      if (opener) { opener.focus(); opener = null; }
    }
    function popup(point, marker) {
      popups.textContent = "";
      opener = good ? marker : null;
      var frame = document.createElement("div"), heading = document.createElement("h2"), text = document.createElement("p"), button;
      frame.className = "leaflet-popup";
      frame.style.left = point.x * factor() + 20 + "px";
      frame.style.top = Math.max(0, point.y * factor() - 60) + "px";
      heading.textContent = point.naam;
      text.textContent = point.adres + ". Open: " + point.open + ".";
      frame.appendChild(heading);
      frame.appendChild(text);
      if (good) {
        frame.setAttribute("role", "dialog");
        frame.setAttribute("aria-label", point.naam);
        button = document.createElement("button");
        button.type = "button";
        button.textContent = "Sluiten";
        button.addEventListener("click", close);
        frame.appendChild(button);
      }
      popups.appendChild(frame);
      if (button) { button.focus(); }
    }
    fetch("/punten.json").then(function (answer) { return answer.json(); }).then(function (found) {
      points = found;
      var template = document.querySelector("template[data-merk]");
      found.forEach(function (point) {
        var marker = document.importNode(template.content, true).firstElementChild;
        if (good) { marker.setAttribute("aria-label", point.naam); }
        marker.addEventListener("click", function () { popup(point, marker); });
        markers.appendChild(marker);
      });
      draw();
    });
    Array.prototype.forEach.call(box.querySelectorAll("[data-zoomstap]"), function (control) {
      control.addEventListener("click", function () { set(Number(control.getAttribute("data-zoomstap"))); });
    });
    if (good) {
      box.addEventListener("keydown", function (event) {
        if (event.key === "Escape") { close(); }
        if (event.target !== box) { return; }
        var move = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] }[event.key];
        if (move) { event.preventDefault(); x += move[0]; y += move[1]; place(); }
        if (event.key === "+" || event.key === "-") { set(event.key === "+" ? 1 : -1); }
      });
    }
    var from = null, spread = 0;
    box.addEventListener("pointermove", function (event) {
      if (from && event.buttons) { x += event.clientX - from[0]; y += event.clientY - from[1]; from = [event.clientX, event.clientY]; place(); }
    });
    box.addEventListener("pointerdown", function (event) { from = [event.clientX, event.clientY]; });
    window.addEventListener("pointerup", function () { from = null; });
    function distance(touches) { return Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY); }
    box.addEventListener("touchstart", function (event) { spread = event.touches.length === 2 ? distance(event.touches) : 0; }, { passive: true });
    box.addEventListener("touchmove", function (event) {
      if (spread && event.touches.length === 2) {
        var ratio = distance(event.touches) / spread;
        if (ratio > 1.3 || ratio < 0.75) { set(ratio > 1 ? 1 : -1); spread = distance(event.touches); }
      }
    }, { passive: true });
    draw();
  });
}());
