// Where oidc-provider keeps its state.

/** Models whose records are marked when they were used. */
const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

export function redisAdapter(redis) {
  return class RedisAdapter {
    constructor(model) {
      this.model = model;
    }

    keyOf(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
      const key = this.keyOf(id);
      const steps = redis.multi();
      if (consumable.has(this.model)) steps.hset(key, 'payload', JSON.stringify(payload));
      else steps.set(key, JSON.stringify(payload));
      if (expiresIn) steps.expire(key, expiresIn);
      if (payload.grantId && this.model !== 'Grant') steps.rpush(`grant:${payload.grantId}`, key);
      if (payload.uid) steps.set(`uid:${payload.uid}`, id, 'EX', expiresIn ?? 86_400);
      await steps.exec();
    }

    async find(id) {
      const key = this.keyOf(id);
      if (!consumable.has(this.model)) return JSON.parse((await redis.get(key)) ?? 'null') ?? undefined;
      const { payload, consumed } = await redis.hgetall(key);
      return payload && { ...JSON.parse(payload), ...(consumed ? { consumed: Number(consumed) } : {}) };
    }

    async consume(id) {
      await redis.hset(this.keyOf(id), 'consumed', Math.floor(Date.now() / 1000));
    }

    async destroy(id) {
      await redis.del(this.keyOf(id));
    }

    async revokeByGrantId(grantId) {
      const keys = await redis.lrange(`grant:${grantId}`, 0, -1);
      await redis.del(`grant:${grantId}`, ...keys);
    }

    async findByUid(uid) {
      const id = await redis.get(`uid:${uid}`);
      return id === null ? undefined : this.find(id);
    }

    async findByUserCode() {}
  };
}
