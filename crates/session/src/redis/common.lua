-- What all scripts of the Redis store share; the lists of columns come before it.
local all, ends, replay_cache = 'claimcheck:all', 'claimcheck:ends', 'claimcheck:marks'
local ended_ends, ended_noted = 'claimcheck:ended-ends', 'claimcheck:ended-noted'
local watermarks, watermark_ends = 'claimcheck:barred', 'claimcheck:barred-ends'
local attempts = 'claimcheck:attempts'

local function session(key) return 'claimcheck:session:' .. key end
local function cookie(hash) return 'claimcheck:cookie:' .. hash end
local function ended(hash) return 'claimcheck:ended:' .. hash end
local function keys_of(watermark) return 'claimcheck:of:' .. watermark end
local function ended_of(watermark) return 'claimcheck:ended-of:' .. watermark end
local function lines_of(person) return 'claimcheck:activity:' .. person end

-- Time to live in milliseconds: from one second to another, and a few minutes more, so that a purge comes first. At most
-- ten years.
local function life(from, to)
  local secs = math.min(math.max(tonumber(to) - tonumber(from), 0) + 600, 315360000)
  return string.format('%.0f', secs * 1000)
end

-- An index lives as long as its longest-lived entry.
local function extend(name, ms)
  if redis.call('PTTL', name) < tonumber(ms) then redis.call('PEXPIRE', name, ms) end
end

-- The clock of Redis, in milliseconds.
local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Whether a logout watermark is at or above that time.
local function is_logged_out(issued_at, by_sid, by_sub)
  for _, watermark in ipairs({by_sid, by_sub}) do
    local at = redis.call('HGET', watermarks, watermark)
    if at and tonumber(issued_at) <= tonumber(at) then return true end
  end
  return false
end

-- Deletes a row and its entries in the indexes.
local function delete(key, hash, by_sid, by_sub)
  redis.call('DEL', session(key), cookie(hash))
  redis.call('ZREM', keys_of(by_sid), key)
  redis.call('ZREM', keys_of(by_sub), key)
  redis.call('ZREM', all, key)
  redis.call('ZREM', ends, key)
end

-- Ends sessions once: if the answer is lost and the request is repeated, it gets the same answer, so that the tokens of
-- these sessions can be revoked. The answer, whose contents are encrypted, is kept for 20 seconds. `change` returns it, and
-- how many sessions it has ended.
local function once(request, change)
  local name = 'claimcheck:answer:' .. request
  local before = redis.call('GET', name)
  if before then return cmsgpack.unpack(before) end
  local answer, count = change()
  if count > 0 then redis.call('SET', name, cmsgpack.pack(answer), 'PX', 20000) end
  return answer
end

-- Ends an existing session; returns its row. An empty cause is none.
local function end_session(key, why, cause, at)
  local row = redis.call('HMGET', session(key), unpack(columns))
  local by = redis.call('HMGET', session(key), 'by_sid', 'by_sub')
  local hash, absolute_until = row[2], row[9]
  delete(key, hash, by[1], by[2])
  redis.call('HSET', ended(hash), 'key', key, 'cookie_hash', hash, 'iss', row[3], 'sub', row[4], 'label', row[10],
    'why', why, 'ended_at', at, 'until', absolute_until, 'by_sub', by[2])
  if row[5] then redis.call('HSET', ended(hash), 'sid', row[5]) end
  if cause ~= '' then redis.call('HSET', ended(hash), 'cause', cause) end
  local ms = life(at, absolute_until)
  redis.call('PEXPIRE', ended(hash), ms)
  redis.call('ZADD', ended_ends, absolute_until, hash)
  redis.call('ZADD', ended_noted, string.format('%.0f', now_ms()), hash)
  redis.call('ZADD', ended_of(by[2]), at, hash)
  extend(ended_of(by[2]), ms)
  return row
end

-- Versions before gave every ended session the score 0. Some of them get the time of their end, and those that have
-- expired are removed.
local function score_ended(index)
  for _, hash in ipairs(redis.call('ZRANGEBYSCORE', index, 0, 0, 'LIMIT', 0, 100)) do
    local at = redis.call('HGET', ended(hash), 'ended_at')
    if at then redis.call('ZADD', index, at, hash) else redis.call('ZREM', index, hash) end
  end
end

-- Forgets an ended session.
local function forget(hash)
  local by_sub = redis.call('HGET', ended(hash), 'by_sub')
  if by_sub then redis.call('ZREM', ended_of(by_sub), hash) end
  redis.call('DEL', ended(hash))
  redis.call('ZREM', ended_noted, hash)
  redis.call('ZREM', ended_ends, hash)
end

-- Ends the sessions of a user that are unused for longest, until at most `most` are live at `now`, and forgets the oldest
-- ended ones. Reads a limited number of each, and ends and forgets at most `many`.
local function limit(by_sub, new, now, most, many, kept, why, cause)
  local live, rows = {}, {}
  if redis.call('ZCARD', keys_of(by_sub)) > most then
    for _, key in ipairs(redis.call('ZRANGE', keys_of(by_sub), 0, most + 499)) do
      local row = redis.call('HMGET', session(key), 'last_active_at', 'created_at', 'idle_until', 'absolute_until')
      if not row[1] then
        redis.call('ZREM', keys_of(by_sub), key)
      elseif key ~= new and tonumber(row[3]) > tonumber(now) and tonumber(row[4]) > tonumber(now) then
        live[#live + 1] = {tonumber(row[1]), tonumber(row[2]), key}
      end
    end
  end
  table.sort(live, function(one, other)
    if one[1] ~= other[1] then return one[1] < other[1] end
    if one[2] ~= other[2] then return one[2] < other[2] end
    return one[3] < other[3]
  end)
  for at = 1, math.min(#live + 1 - most, many) do rows[at] = end_session(live[at][3], why, cause, now) end
  score_ended(ended_of(by_sub))
  local surplus = redis.call('ZCARD', ended_of(by_sub)) - kept
  if surplus > 0 then
    for _, hash in ipairs(redis.call('ZRANGE', ended_of(by_sub), 0, math.min(surplus, many) - 1)) do
      forget(hash)
      redis.call('ZREM', ended_of(by_sub), hash)
    end
  end
  return rows
end

-- The ended sessions with those cookie hashes. Those that have expired are removed from the index.
local function ended_all(index, hashes)
  local found = {}
  for _, hash in ipairs(hashes) do
    local one = redis.call('HMGET', ended(hash), unpack(ended_columns))
    if one[1] then found[#found + 1] = one else redis.call('ZREM', index, hash) end
  end
  return found
end
