// An application as its users write it: a web server over the published SDK. It prints its port.
const http = require('node:http');
const {WebhookResponse} = require('@jambonz/sdk/webhook');

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => body += piece);
  request.on('end', () => {
    const event = JSON.parse(body);
    const verbs = new WebhookResponse().tag({data: {call: event.call_sid}});
    response.writeHead(200, {'Content-Type': 'application/json'}).end(JSON.stringify(verbs));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
