// An application over WebSockets, made with the published SDK: what its calls tell it is written as lines of JSON.
import { createRequire } from "node:module";
import http from "node:http";

const require = createRequire(import.meta.url);
const { createEndpoint } = require("@jambonz/sdk/websocket");

const server = http.createServer();
const quiet = { info() {}, error() {}, debug() {} };
const makeService = createEndpoint({ server, logger: quiet });
const say = (path, heard, data) => console.log(JSON.stringify({ path, heard, data }));

function serve(path, act) {
  makeService({ path }).on("session:new", (session, _path, request) => {
    say(path, "session:new", { ...session.data, authorization: request.headers.authorization, protocol: session.ws.protocol });
    session.on("call:status", (data) => say(path, "call:status", data));
    session.on("jambonz:error", (data) => say(path, "jambonz:error", data));
    session.on("close", (code) => say(path, "close", { code }));
    act(session);
  });
}

// Verbs at once, more of them when one has run.
serve("/script", (session) => {
  session.on("/played", (data) => {
    say("/script", "/played", data);
    session.tag({ data: { reason: data.reason } }).hangup().reply();
  });
  session.play({ url: "file:nowhere.wav", actionHook: "/played", id: "p1" }).pause({ length: 60 }).send();
});

// No verbs at first; then commands, and verbs behind those that run.
serve("/live", (session) => {
  session.send();
  session.injectTag({ by: "command" });
  session.injectMute("mute");
  session.injectCommand("dance", {});
  session.tag({ data: { by: "verbs" } }).pause({ length: 0.1 }).send();
  session.hangup().send({ execImmediate: false });
});

// Waits for its call to be ended by somebody else.
serve("/waiting", (session) => session.send());

// Loses its connection, and has a script for the call that comes back.
let losses = 0;
serve("/lost", (session) => {
  losses += 1;
  session.send();
  if (losses === 1) session.ws.terminate();
  else session.tag({ data: { back: true } }).hangup().send();
});

// Leaves in good order, and with it the call.
serve("/leaving", (session) => {
  session.send();
  session.ws.close(1000);
});

// Never answers.
serve("/silent", () => {});

// Goes on with the web server that it is told of in the query.
serve("/to-http", (session) => {
  session.redirect({ actionHook: session.data.customerData.web }).send();
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ listening: server.address().port })));
