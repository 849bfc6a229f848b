//! The scripts of the Redis store; each is atomic. All keys begin with `claimcheck:`. There is a hash for each running and
//! each ended session, the key of a session by its cookie hash, and sorted sets that list rows in order and find those that
//! have expired. Everything of one session expires by itself some minutes after the session. `claimcheck:barred` holds the
//! logout watermarks, and `claimcheck:marks` the replay cache; existing databases fix these names.
//! Numbers are passed as texts, because Lua's own are exact only up to 2^53.

use std::sync::LazyLock;

use redis::Script;

/// The columns of a row, in the order in which they are returned.
macro_rules! columns {
    () => {
        "'key', 'cookie_hash', 'iss', 'sub', 'sid', 'created_at', 'last_active_at', 'idle_until', \
         'absolute_until', 'label', 'record', 'record_version', 'tokens', 'tokens_version'"
    };
}

/// Those that lists show: the first ones.
macro_rules! head_columns {
    () => {
        "'key', 'cookie_hash', 'iss', 'sub', 'sid', 'created_at', 'last_active_at', 'idle_until', \
         'absolute_until', 'label'"
    };
}

/// Those of an ended session.
macro_rules! ended_columns {
    () => {
        "'key', 'cookie_hash', 'iss', 'sub', 'sid', 'label', 'why', 'cause', 'ended_at', 'until'"
    };
}

/// The part that all scripts share.
const COMMON: &str = concat!(
    "local columns = {",
    columns!(),
    "}\nlocal head_columns = {",
    head_columns!(),
    "}\nlocal ended_columns = {",
    ended_columns!(),
    "}\n",
    include_str!("common.lua")
);

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {$(
        $(#[$doc])*
        pub(super) static $name: LazyLock<Script> = LazyLock::new(|| Script::new(&[COMMON, $code].concat()));
    )*};
}

scripts! {
    /// Arguments: the columns of a row in order, the watermarks of its owner, the `iat` of its ID token, whether it has a
    /// `sid`; then the limits of `limit`, and why and the cause for which it ends sessions. Returns a word, and the rows
    /// that were ended.
    INSERT = r"
local key, hash, by_sid, by_sub, issued_at = ARGV[1], ARGV[2], ARGV[15], ARGV[16], ARGV[17]
if redis.call('EXISTS', session(key), cookie(hash)) > 0 then return {'exists', {}} end
if is_logged_out(issued_at, by_sid, by_sub) then return {'logged out', {}} end
for at, column in ipairs(columns) do redis.call('HSET', session(key), column, ARGV[at]) end
if ARGV[18] == '' then redis.call('HDEL', session(key), 'sid') end
redis.call('HSET', session(key), 'by_sid', by_sid, 'by_sub', by_sub, 'issued_at', issued_at)
local ms = life(ARGV[6], ARGV[9])
redis.call('PEXPIRE', session(key), ms)
redis.call('SET', cookie(hash), key, 'PX', ms)
redis.call('ZADD', all, 0, key)
redis.call('ZADD', ends, ARGV[8], key)
for _, watermark in ipairs({by_sid, by_sub}) do
  redis.call('ZADD', keys_of(watermark), 0, key)
  extend(keys_of(watermark), ms)
end
local most, many, kept = tonumber(ARGV[19]), tonumber(ARGV[20]), tonumber(ARGV[21])
return {'added', limit(by_sub, key, ARGV[6], most, many, kept, ARGV[22], ARGV[23])}
";

    /// The row with a cookie hash.
    FIND = r"
local key = redis.call('GET', cookie(ARGV[1]))
if not key then return false end
local row = redis.call('HMGET', session(key), unpack(columns))
return row[1] and row
";

    GET = r"
local row = redis.call('HMGET', session(ARGV[1]), unpack(columns))
return row[1] and row
";

    /// The next rows in the order of their keys, expired or not, and the key to continue from if there may be more.
    LIST = r"
local index = ARGV[1] == '' and all or keys_of(ARGV[1])
local from, many = ARGV[2] == '' and '-' or '(' .. ARGV[2], tonumber(ARGV[3])
local keys = redis.call('ZRANGEBYLEX', index, from, '+', 'LIMIT', 0, many)
local rows = {}
for _, key in ipairs(keys) do
  local row = redis.call('HMGET', session(key), unpack(head_columns))
  if row[1] then rows[#rows + 1] = row else redis.call('ZREM', index, key) end
end
return {#keys == many and keys[many] or false, rows}
";

    TOUCH = r"
local key, at, till = ARGV[1], ARGV[2], ARGV[3]
local row = redis.call('HMGET', session(key), 'last_active_at', 'idle_until', 'absolute_until')
if not row[1] then return 0 end
local idle, absolute = row[2], row[3]
if tonumber(idle) <= tonumber(at) or tonumber(absolute) <= tonumber(at) then return 0 end
if tonumber(row[1]) > tonumber(at) then at = row[1] end
if tonumber(idle) > tonumber(till) then till = idle end
if tonumber(till) > tonumber(absolute) then till = absolute end
redis.call('HSET', session(key), 'last_active_at', at, 'idle_until', till)
redis.call('ZADD', ends, till, key)
return 1
";

    /// Arguments: key, column, expected version, new bytes. Returns the new version as text.
    SWAP = r"
local key, column, expected, bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local version = redis.call('HGET', session(key), column .. '_version')
if not version then return 'gone' end
if version ~= expected then return 'stale' end
redis.call('HSET', session(key), column, bytes)
redis.call('HINCRBY', session(key), column .. '_version', 1)
if column == 'tokens' then redis.call('HDEL', session(key), 'lease_holder') end
return redis.call('HGET', session(key), column .. '_version')
";

    /// Arguments: key, both versions, the new bytes.
    RESEAL = r"
local key = ARGV[1]
local now = redis.call('HMGET', session(key), 'record_version', 'tokens_version')
if now[1] ~= ARGV[2] or now[2] ~= ARGV[3] then return 0 end
redis.call('HSET', session(key), 'label', ARGV[4], 'record', ARGV[5], 'tokens', ARGV[6])
return 1
";

    RENEW = r"
local key, old, new, issued_at, by_sid = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local created_at, idle, absolute = ARGV[6], ARGV[7], ARGV[8]
local row = redis.call('HMGET', session(key), 'cookie_hash', 'by_sid', 'by_sub')
if not row[1] then return 'gone' end
if is_logged_out(issued_at, by_sid, row[3]) then return 'gone' end
if row[1] ~= old then return 'stale' end
if redis.call('EXISTS', cookie(new)) > 0 then return 'exists' end
if tonumber(idle) > tonumber(absolute) then idle = absolute end
redis.call('HSET', session(key), 'cookie_hash', new, 'by_sid', by_sid, 'created_at', created_at,
  'last_active_at', created_at, 'idle_until', idle, 'absolute_until', absolute, 'label', ARGV[9],
  'record', ARGV[10], 'tokens', ARGV[11], 'sid', ARGV[12], 'issued_at', issued_at)
if ARGV[13] == '' then redis.call('HDEL', session(key), 'sid') end
redis.call('HINCRBY', session(key), 'record_version', 1)
redis.call('HINCRBY', session(key), 'tokens_version', 1)
local ms = life(created_at, absolute)
redis.call('PEXPIRE', session(key), ms)
redis.call('DEL', cookie(old))
redis.call('SET', cookie(new), key, 'PX', ms)
redis.call('ZADD', ends, idle, key)
if row[2] ~= row[3] then redis.call('ZREM', keys_of(row[2]), key) end
for _, watermark in ipairs({by_sid, row[3]}) do
  redis.call('ZADD', keys_of(watermark), 0, key)
  extend(keys_of(watermark), ms)
end
return redis.call('HGET', session(key), 'tokens_version')
";

    /// The term is in milliseconds.
    LEASE = r"
local key, holder, now = ARGV[1], ARGV[2], now_ms()
if redis.call('EXISTS', session(key)) == 0 then return 'gone' end
local lease = redis.call('HMGET', session(key), 'lease_holder', 'lease_until_ms')
if lease[1] and lease[1] ~= holder and now < tonumber(lease[2]) then return 'held' end
local till = string.format('%.0f', now + tonumber(ARGV[3]))
redis.call('HSET', session(key), 'lease_holder', holder, 'lease_until_ms', till)
return lease[1] and lease[1] ~= holder and 'taken over' or 'taken'
";

    RELEASE = r"
if redis.call('HGET', session(ARGV[1]), 'lease_holder') == ARGV[2] then
  redis.call('HDEL', session(ARGV[1]), 'lease_holder')
end
return 1
";

    /// An empty version means any.
    END = r"
local key, version = ARGV[1], ARGV[2]
return once(ARGV[6], function()
  local now = redis.call('HGET', session(key), 'tokens_version')
  if not now or (version ~= '' and version ~= now) then return false, 0 end
  return end_session(key, ARGV[3], ARGV[4], ARGV[5]), 1
end)
";

    /// Ends the live sessions of a user, at most a number, among the next rows in the order of their keys. Returns the key to
    /// continue from if there may be more, and the rows that were ended.
    END_OF = r"
local index, from, spared, limit = keys_of(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local read, why, cause, at = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]
return once(ARGV[9], function()
  local keys = redis.call('ZRANGEBYLEX', index, from == '' and '-' or '(' .. from, '+', 'LIMIT', 0, read)
  local rows, last = {}, #keys == read and keys[read] or false
  for _, key in ipairs(keys) do
    if #rows == limit then last = false break end
    local row = redis.call('HMGET', session(key), 'idle_until', 'absolute_until')
    if not row[1] then
      redis.call('ZREM', index, key)
    elseif key ~= spared and tonumber(row[1]) > tonumber(at) and tonumber(row[2]) > tonumber(at) then
      rows[#rows + 1] = end_session(key, why, cause, at)
    end
  end
  return {last, rows}, #rows
end)
";

    /// Returns the ended rows, or nothing if the replay cache has this logout already.
    LOG_OUT = r"
local watermark, sub, issued_at, till, entry, why, at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
return once(ARGV[10], function()
  if entry ~= '' and redis.call('ZSCORE', replay_cache, entry) then return false, 0 end
  local rows = {}
  -- Sessions end first: a Redis whose memory is full lets a script that has deleted something write, too.
  local keys = watermark ~= '' and redis.call('ZRANGE', keys_of(watermark), 0, -1) or {}
  for _, key in ipairs(keys) do
    local row = redis.call('HMGET', session(key), 'sub', 'created_at', 'issued_at')
    -- Rows of earlier versions have no issued_at.
    local started = tonumber(row[3] or row[2] or 0) - (row[3] and 0 or 60)
    if not row[1] then
      redis.call('ZREM', keys_of(watermark), key)
    elseif (ARGV[8] == '' or row[1] == sub) and started <= tonumber(ARGV[9]) then
      rows[#rows + 1] = end_session(key, why, '', at)
    end
  end
  if entry ~= '' then redis.call('ZADD', replay_cache, till, entry) end
  if watermark == '' then return rows, 0 end
  local before = redis.call('HGET', watermarks, watermark)
  if not before or tonumber(before) < tonumber(issued_at) then
    redis.call('HSET', watermarks, watermark, issued_at)
  end
  redis.call('ZADD', watermark_ends, 'GT', till, watermark)
  return rows, #rows
end)
";

    ENDED = r"
local found = redis.call('HMGET', ended(ARGV[1]), unpack(ended_columns))
return found[1] and found
";

    /// The most recent first, after an offset, at most a number. Returns them, and whether there may be more.
    ENDED_OF = r"
local index, from, many = ended_of(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
score_ended(index)
local hashes = redis.call('ZREVRANGE', index, from, from + many - 1)
return {ended_all(index, hashes), #hashes == many and 1 or 0}
";

    /// Within that many milliseconds before now: the latest first, after an offset, at most a number. Returns them, and
    /// whether there may be more.
    ENDED_LATELY = r"
local since = string.format('%.0f', now_ms() - tonumber(ARGV[1]))
local hashes = redis.call('ZREVRANGEBYSCORE', ended_noted, '+inf', since, 'LIMIT', ARGV[2], ARGV[3])
return {ended_all(ended_noted, hashes), #hashes == tonumber(ARGV[3]) and 1 or 0}
";

    /// Whether it was new.
    MARK_USED = "return redis.call('ZADD', replay_cache, 'NX', ARGV[2], ARGV[1])";

    /// Nothing if this attempt has recorded the submission, else until when the record of another one is kept.
    RECORD_SUBMISSION = r"
if redis.call('ZADD', replay_cache, 'NX', ARGV[2], ARGV[1]) == 1 then
  redis.call('HSET', attempts, ARGV[1], ARGV[3])
  return false
end
if redis.call('HGET', attempts, ARGV[1]) == ARGV[3] then return false end
return redis.call('ZSCORE', replay_cache, ARGV[1])
";

    SUBMISSION = "return redis.call('ZSCORE', replay_cache, ARGV[1])";

    WITHDRAW_SUBMISSION = r"
if redis.call('HGET', attempts, ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', attempts, ARGV[1])
return redis.call('ZREM', replay_cache, ARGV[1])
";

    /// Arguments: the time up to which lines have expired, how many are kept of a person, and for how many seconds; then for
    /// each line its person, its time and its bytes.
    ADD_LINES = r"
local expired, most, ms = ARGV[1], tonumber(ARGV[2]), life(0, ARGV[3])
for at = 4, #ARGV, 3 do
  local name = lines_of(ARGV[at])
  redis.call('ZADD', name, ARGV[at + 1], ARGV[at + 2])
  redis.call('ZREMRANGEBYSCORE', name, '-inf', expired)
  redis.call('ZREMRANGEBYRANK', name, 0, -most - 1)
  redis.call('PEXPIRE', name, ms)
end
return 1
";

    /// The lines of a person after a time, the latest first, at most a number.
    LINES = "return redis.call('ZREVRANGEBYSCORE', lines_of(ARGV[1]), '+inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])";

    /// Returns the number of lines.
    FORGET_LINES = r"
local count = redis.call('ZCARD', lines_of(ARGV[1]))
redis.call('DEL', lines_of(ARGV[1]))
return count
";

    /// Writes a value without meaning, for a minute.
    PROBE = "return redis.call('SET', 'claimcheck:probe', '', 'PX', 60000)";

    /// Deletes a limited number of each kind, so that others wait only briefly. Returns the number of rows and replay cache
    /// entries, and whether that was all.
    PURGE = r"
local now, many = ARGV[1], tonumber(ARGV[2])
local function expired(index) return redis.call('ZRANGEBYSCORE', index, '-inf', now, 'LIMIT', 0, many) end
local keys, used = expired(ends), expired(replay_cache)
local hashes, old_watermarks = expired(ended_ends), expired(watermark_ends)
local deleted = #used
for _, key in ipairs(keys) do
  local row = redis.call('HMGET', session(key), 'cookie_hash', 'by_sid', 'by_sub')
  if row[1] then
    delete(key, row[1], row[2], row[3])
    deleted = deleted + 1
  else
    redis.call('ZREM', all, key)
    redis.call('ZREM', ends, key)
  end
end
for _, entry in ipairs(used) do
  redis.call('ZREM', replay_cache, entry)
  redis.call('HDEL', attempts, entry)
end
for _, hash in ipairs(hashes) do forget(hash) end
for _, watermark in ipairs(old_watermarks) do
  redis.call('HDEL', watermarks, watermark)
  redis.call('ZREM', watermark_ends, watermark)
end
local most = math.max(#keys, #used, #hashes, #old_watermarks)
return {deleted, most < many and 1 or 0}
";
}
