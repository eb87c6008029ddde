// Starts Swagger UI on the page of the API (dashboard/live/openapi_page.py).
const { config } = document.querySelector('script[data-config]').dataset;
window.SwaggerUIBundle({
  ...JSON.parse(config),
  presets: [window.SwaggerUIBundle.presets.apis, window.SwaggerUIStandalonePreset],
  plugins: [window.SwaggerUIBundle.plugins.DownloadUrl],
});
