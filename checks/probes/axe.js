// Runs axe-core in this frame and condenses its result to one JSON string: {violations, incomplete, passes}, each node written as a place.
// Frames are run one by one by the caller, also cross-origin ones, so axe's own frame messages are off.
globalThis.runAxe = async (isTop, tags, exclude) => {
  const condense = (results) => results.map((rule) => ({
    rule: rule.id,
    nodes: rule.nodes.slice(0, 200).map((node) => ({
      ...(node.element ? S.place(node.element) : { selector: String(node.target), snippet: String(node.html).slice(0, 300) }),
      role: node.element ? S.role(node.element) : '', name: node.element ? S.name(node.element).slice(0, 120) : '',
      checks: [...node.any, ...node.all, ...node.none].map((check) => ({ id: check.id, data: plain(check.data), message: String(check.message).slice(0, 300) })),
    })),
    more: Math.max(0, rule.nodes.length - 200),
  }));
  const plain = (data) => {
    const text = JSON.stringify(data, (key, value) => (value instanceof Node ? undefined : value));
    return text && text.length < 2000 ? JSON.parse(text) : undefined;
  };
  axe.reset();
  // Axe finishes results only for an initiator, so every frame is one; what speaks of the page as a whole is asked of the top frame alone.
  const ofPage = isTop ? [] : ['aria-hidden-body', 'bypass', 'document-title', 'html-has-lang', 'meta-viewport', 'meta-viewport-large'];
  const result = await axe.run({ include: [[document.documentElement.localName]], initiator: true, focusable: true }, {
    runOnly: { type: 'tag', values: tags }, rules: Object.fromEntries([...exclude, ...ofPage].map((id) => [id, { enabled: false }])),
    iframes: false, elementRef: true, resultTypes: ['violations', 'incomplete'],
  });
  return JSON.stringify({ violations: condense(result.violations), incomplete: condense(result.incomplete),
    passes: result.passes.map((rule) => rule.id), version: result.testEngine.version });
};
