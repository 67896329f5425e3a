// Shows the document, and sends each call to this origin, which passes it on: the address in the document is that of the public host.
// `data-calls="no"`: there is nothing behind this origin, so the calls are only shown.
{
  const place = document.querySelector('#api');
  const isShown = place.dataset.calls === 'no';

  SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    docExpansion: 'none',
    defaultModelsExpandDepth: -1,
    filter: true,
    tryItOutEnabled: !isShown,
    ...(isShown && { supportedSubmitMethods: [] }),
    syntaxHighlight: false,
    validatorUrl: null,
    // The printed command names the public host.
    showMutatedRequest: false,
    requestInterceptor: (request) => {
      const { pathname, search } = new URL(request.url, location.href);
      request.url = location.origin + pathname + search;
      return request;
    },
  });

  // The viewer gives some fields no name, the filter no place among the landmarks, and blocks that scroll no place in the order of the keyboard.
  function complete() {
    place.querySelector('.filter')?.setAttribute('role', 'search');
    for (const field of place.querySelectorAll(':is(select, input, textarea):not([aria-label], [id])')) {
      const parameter = field.closest('[data-param-name]')?.dataset.paramName;
      field.setAttribute('aria-label', parameter || field.placeholder || 'Media type');
    }
    for (const block of place.querySelectorAll('pre:not([tabindex])')) block.tabIndex = 0;
  }

  new MutationObserver(complete).observe(place, { childList: true, subtree: true });
}
