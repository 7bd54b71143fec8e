// Gives members of elements a second name in our world, `name` + `tail`. See checks/clobbering.py.
(names, tail) => {
  const alias = (window) => {
    const { Object, EventTarget } = window;
    const give = (proto, name, member) =>
      Object.defineProperty(proto, name + tail, { ...member, configurable: true, enumerable: false });
    const interfaces = Object.getOwnPropertyNames(window)
      .filter((name) => /^[A-Z]/.test(name))
      .map((name) => window[name]?.prototype);
    for (const proto of new Set(
      interfaces.filter((proto) => EventTarget.prototype.isPrototypeOf(proto)).concat(EventTarget.prototype),
    )) {
      for (const name of names) {
        const member = Object.getOwnPropertyDescriptor(proto, name);
        if (member) give(proto, name, member);
      }
    }
    for (const name of names) {
      const plain = Object.getOwnPropertyDescriptor(Object.prototype, name);
      if (plain && !Object.hasOwn(EventTarget.prototype, name)) give(EventTarget.prototype, name, plain);
      give(Object.prototype, name, {
        get() {
          return this[name];
        },
        set(value) {
          this[name] = value;
        },
      });
    }
  };
  // Documents of frames are read from outside too, when the page itself may; they have prototypes of their own.
  const all = (window, depth) => {
    try {
      if (!Object.hasOwn(window.Object.prototype, names[0] + tail)) alias(window);
      for (let i = 0; depth && i < window.length; i++) all(window[i], depth - 1);
    } catch {
      /* of another origin */
    }
  };
  all(globalThis, 5);
  globalThis.pastFields = true;
};
