// Runs in: base
(S) => {
  // What the page says about zooming: its viewport declarations. (How text zooms is seen by the deep probe `layout`.)
  return {
    metas: S.all('meta[name]')
      .filter((el) => el.name.trim().toLowerCase() === 'viewport' && el.hasAttribute('content'))
      .slice(0, 10)
      .map((el) => S.place(el, { content: el.content.slice(0, 500) })),
  };
};
