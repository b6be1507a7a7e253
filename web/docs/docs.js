// Swagger UI over our own description of the API. Nothing is asked of any other host: no validator, no fonts.
'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);

dark.addEventListener('change', followScheme);
followScheme();

// Who has signed in to the console in this tab need not do it again here.
const token = sessionStorage.getItem('firstline-token');

SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    if (token && !request.headers.Authorization)
      request.headers.Authorization = `Bearer ${token}`;
    return request;
  },
});
