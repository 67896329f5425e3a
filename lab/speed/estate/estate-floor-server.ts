/** The floor of a single read: bare Fastify and one prepared SELECT, without the product. Its own process. */
import Fastify from 'fastify';
import pg from 'pg';

const [url = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 10 });
const app = Fastify({ logger: false });

/** The same row by the same key, as an object of one column. */
app.get<{ Params: { id: string } }>('/contact-centers/:id', async (request) => {
  const { rows } = await pool.query({
    name: 'floor',
    text: `SELECT json_build_object('id', c.id, 'environmentId', c.environment_id, 'name', c.name, 'auth', c.auth,
      'status', c.status, 'createdAt', c.created_at, 'updatedAt', c.updated_at, 'domains', (
        SELECT json_agg(d.domain) FROM environment.contact_center_domains d WHERE d.contact_center_id = c.id
      )) AS data FROM environment.contact_centers c WHERE c.id = $1`,
    values: [request.params.id],
  });
  return { status: { code: 0 }, data: rows[0].data };
});

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', () => {
  void app.close();
  void pool.end();
});
