-- What Redis does for the frontier, in Lua: each script is one step that nothing comes between.

-- part prelude
-- KEYS: whole, closed, idle, held, urls, token. ARGV[1] begins the names of the hosts' own keys,
-- ARGV[2] is the filler's token or nothing, ARGV[3] what is given, as JSON. What is done for many is
-- one command wherever it can be: most of the time goes into calls, not into what they do.
-- `held` says of a host "TOKEN KEY" while it is leased, then "- MICROSECONDS" when it opens.
local whole, closed, idle, held, urls = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local host_key, filler, given = ARGV[1], ARGV[2], cjson.decode(ARGV[3])
local call, find, sub = redis.call, string.find, string.sub
local state = call('GET', whole)
if not state or (filler == '' and sub(state, 1, 5) ~= 'whole')
   or (filler ~= '' and state ~= 'filling ' .. filler) then
  return 'LOST'
end
local function all(command, key, words)
  for i = 1, #words, 4000 do
    call(command, key, unpack(words, i, math.min(i + 3999, #words)))
  end
end
local function parted(text)
  local cut = find(text, ' ', 1, true)
  return sub(text, 1, cut - 1), sub(text, cut + 1)
end
local function held_by(host)
  local said = call('HGET', held, host)
  if not said then return '-', nil end
  return parted(said)
end
local function schedule(host, opens_at)
  local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
  if not first[1] then
    call('ZREM', closed, host)
    return
  end
  call('ZADD', closed, math.max(tonumber(first[2]), tonumber(opens_at or 0)), host)
end
local function forget(key, but)
  local known = call('HGET', urls, key)
  if not known then return end
  local host = parted(known)
  local token, rest = held_by(host)
  if token ~= '-' and rest == key then call('HSET', held, host, token .. ' ') end
  if host ~= but then
    call('ZREM', host_key .. host, key)
    if token == '-' then schedule(host, rest) end
  end
end
local function put(key, host, url, due)
  forget(key, host)
  call('HSET', urls, key, host .. ' ' .. url)
  call('ZADD', host_key .. host, due, key)
  local token, rest = held_by(host)
  if token == '-' then schedule(host, rest) end
end

-- script put after prelude
for _, each in ipairs(given) do put(each[1], each[2], each[3], each[4]) end
return 'OK'

-- script remove after prelude
forget(given[1], '')
call('HDEL', urls, given[1])
return 'OK'

-- script claim after prelude
local now, limit, expires = given[1], given[2], given[3]
for _, host in ipairs(call('ZRANGEBYSCORE', idle, '-inf', now, 'LIMIT', 0, 100)) do
  if held_by(host) == '-' then call('HDEL', held, host) end
  call('ZREM', idle, host)
end
local token, n = tonumber(call('GET', KEYS[6]) or 0), 0
local keys, dues, leases = {}, {}, {}
for _ = 1, 10 do  -- again when some of them turn out to have nothing any more
  local ready = call('ZRANGEBYSCORE', closed, '-inf', now, 'LIMIT', 0, limit - n)
  local closes, empty, again = {}, {}, false
  for _, host in ipairs(ready) do
    local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
    if first[1] and tonumber(first[2]) > now then  -- a lease ran out, and it was put for later since
      call('ZADD', closed, first[2], host)
      call('HDEL', held, host)
      again = true
    elseif first[1] then
      n = n + 1
      keys[n], dues[n] = first[1], first[2]
      leases[2 * n - 1], leases[2 * n] = host, (token + n) .. ' ' .. first[1]
      closes[#closes + 1] = expires
      closes[#closes + 1] = host
    else
      empty[#empty + 1] = host
    end
  end
  if #closes > 0 then all('ZADD', closed, closes) end
  if #empty > 0 then
    all('ZREM', closed, empty)
    all('HDEL', held, empty)
  end
  if n == limit or (#empty == 0 and not again) then break end
end
if n == 0 then return 'OK' end
call('INCRBY', KEYS[6], n)
all('HSET', held, leases)
local told = {'OK', tostring(token)}
for i = 1, n, 4000 do
  for j, url in ipairs(call('HMGET', urls, unpack(keys, i, math.min(i + 3999, n)))) do
    local m = #told
    told[m + 1], told[m + 2], told[m + 3] = keys[i + j - 1], url, dues[i + j - 1]
  end
end
return table.concat(told, '\n')

-- script extend after prelude
for i = 2, #given do
  local host, token = given[i][1], given[i][2]
  if held_by(host) == token then call('ZADD', closed, given[1], host) end
end
return 'OK'

-- script settle after prelude
local hosts, keys = {}, {}
for i, each in ipairs(given) do hosts[i], keys[i] = each[1], each[3] end
local leases, known = call('HMGET', held, unpack(hosts)), call('HMGET', urls, unpack(keys))
local done, opening, closing, emptied, moved = {}, {}, {}, {}, {}
for i, each in ipairs(given) do
  local host, key, open_at, again = each[1], each[3], each[4], each[5]
  local token, leased = '', ''
  if leases[i] then token, leased = parted(leases[i]) end
  done[i] = '0'
  if token == each[2] then
    done[i] = '1'
    opening[#opening + 1] = host
    opening[#opening + 1] = string.format('- %.0f', open_at)
    if again and again[1] == host then
      call('ZADD', host_key .. host, again[3], key)
      local url = host .. ' ' .. again[2]
      if known[i] ~= url then call('HSET', urls, key, url) end
    elseif leased == key then
      call('ZREM', host_key .. host, key)
      emptied[#emptied + 1] = key
    end
    if again and again[1] ~= host then moved[#moved + 1] = each end
    local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
    if first[1] then
      closing[#closing + 1] = math.max(tonumber(first[2]), open_at)
      closing[#closing + 1] = host
    else
      call('ZREM', closed, host)
      call('ZADD', idle, open_at, host)
    end
  end
end
if #opening > 0 then all('HSET', held, opening) end
if #closing > 0 then all('ZADD', closed, closing) end
if #emptied > 0 then all('HDEL', urls, emptied) end
for _, each in ipairs(moved) do put(each[3], each[5][1], each[5][2], each[5][3]) end
return 'OK\n' .. table.concat(done, '\n')

-- script next after prelude
return 'OK\n' .. (call('ZRANGE', closed, 0, 0, 'WITHSCORES')[2] or '')

-- script size after prelude
return 'OK\n' .. call('HLEN', urls)

-- script empty
local some = redis.call('ZPOPMIN', KEYS[2], ARGV[2])
for i = 1, #some, 2 do redis.call('DEL', ARGV[1] .. some[i]) end
if #some == 0 then redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5]) end
return #some

-- script finish
if redis.call('GET', KEYS[1]) ~= 'filling ' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'whole ' .. ARGV[1])
return 1
