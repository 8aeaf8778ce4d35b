// Every method of the client in @jambonz/sdk, against the server that WORLD names. Each that worked is a line.
import assert from 'node:assert';
import {createRequire} from 'node:module';

// NODE_PATH is for require.
const {JambonzClient} = createRequire(import.meta.url)('@jambonz/sdk/client');

const world = JSON.parse(process.env.WORLD);
const client = new JambonzClient(world);

async function eventually(what, ask) {
  for (let tries = 0; tries < 200; tries++) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited in vain for ${what}`);
}

const tag = async(sid) => (await client.calls.get(sid)).customerData;

const sid = await client.calls.create({
  from: world.caller,
  to: {type: 'phone', number: world.called},
  call_hook: {url: world.hook, method: 'POST'},
  call_status_hook: {url: world.statusHook, method: 'POST'},
  tag: {order: 17},
});
assert.match(sid, /^[0-9a-f-]{36}$/);
console.log('calls.create');

await eventually('an answer', async() => (await client.calls.get(sid)).call_status === 'in-progress');
assert.deepEqual(await tag(sid), {order: 17});
console.log('calls.get');

const found = await client.calls.list({direction: 'outbound', from: world.caller, to: world.called, callStatus: 'in-progress'});
assert.deepEqual(found.map((call) => call.call_sid), [sid]);
for (const other of [{direction: 'inbound'}, {from: '1'}, {to: '1'}, {callStatus: 'ringing'}]) {
  assert.deepEqual(await client.calls.list(other), []);
}
console.log('calls.list');

assert.deepEqual(await client.calls.count(), {inbound: 0, outbound: 1});
console.log('calls.count');

await client.calls.redirect(sid, world.otherHook);
await eventually('the other script', async() => (await tag(sid))?.redirected);
console.log('calls.redirect');

await client.calls.update(sid, {tag: {order: 18}});
assert.deepEqual(await tag(sid), {order: 18});
console.log('calls.update');

// What needs media, or an agent, is told to be missing: the call goes on.
const refused = {
  whisper: [{verb: 'say', text: 'psst'}],
  mute: ['mute'],
  updateAgent: [{type: 'inject_context'}],
  transfer: [{mode: 'blind', target: [{type: 'phone', number: world.called}]}],
  noiseIsolation: ['enable', {vendor: 'krisp', level: 50}],
};
for (const [method, options] of Object.entries(refused)) {
  await assert.rejects(client.calls[method](sid, ...options), /failed: 4(00|22) .*\{"msg":"[^"]{10,}/);
  console.log(`calls.${method}`);
}
assert.equal((await client.calls.get(sid)).call_status, 'in-progress');

await client.calls.delete(sid);
await assert.rejects(client.calls.get(sid), /failed: 404/);
assert.deepEqual(await client.calls.list(), []);
console.log('calls.delete');

assert.deepEqual(await client.conferences.list(), []);
console.log('conferences.list');

assert.deepEqual(await client.queues.list(), []);
assert.deepEqual(await client.queues.list('support*'), []);
console.log('queues.list');
