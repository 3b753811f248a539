-- What Redis does for the copy index, in Lua: each script is one step that nothing comes between.

-- part prelude
-- KEYS[1] says which state it is in, KEYS[2] begins all other names. ARGV[1] is the filler's token or
-- nothing, ARGV[2] the form; the numbers after them are those of the bucket and of the window, in
-- microseconds.
local call, sub, floor = redis.call, string.sub, math.floor
local state, filler, form = call('GET', KEYS[1]), ARGV[1], ARGV[2]
local length, window = tonumber(ARGV[3]), tonumber(ARGV[4])
local epoch = state and string.match(state, '^%S+ %S+ (%S+)$')
local wanted = (filler == '' and 'whole ' or 'filling:' .. filler .. ' ') .. form .. ' '
if not epoch or sub(state, 1, #wanted) ~= wanted then return 'LOST' end
local base = KEYS[2] .. epoch .. ':'
local time = call('TIME')
local clock = time[1] * 1000000 + time[2]
local PROVISIONAL, MOST, FULL = 1099511627776, 12, 100

local function parts()
  local known, found = call('HGETALL', base .. 'rows'), {}
  for i = 1, #known, 2 do found[#found + 1] = {known[i], tonumber(known[i + 1])} end
  return found
end
local function lasting(key, part)
  local bucket = tonumber(string.match(part, '^(-?%d+)'))
  local left = ((bucket + 1) * length + window - clock) / 1000
  call('PEXPIRE', key, string.format('%.0f', math.max(left, 86400000)))
end
local function set(key, field, value, part)
  if call('HSET', key, field, value) == 1 and call('HLEN', key) == 1 then lasting(key, part) end
end
local function place(part, kind, number)
  return base .. part .. ':' .. kind .. ':' .. string.format('%.0f', floor(number / 200)), number % 200
end
local function strike(article)
  for _, each in ipairs(parts()) do
    local key, field = place(each[1], 'a', article)
    local number = call('HGET', key, field)
    if number then
      call('HDEL', key, field)
      call('HDEL', place(each[1], 'n', tonumber(number)))
      call('HINCRBY', base .. 'living', each[1], -1)
    end
  end
end
local function part_for(seen)
  local bucket = floor(seen / length)
  local name, rows, newest = nil, tonumber(call('GET', base .. 'least') or 256), -1
  for _, each in ipairs(parts()) do
    local of, nth = string.match(each[1], '^(-?%d+)%.(%d+)$')
    of, nth = tonumber(of), tonumber(nth)
    if of == bucket and nth > newest then name, rows, newest = each[1], each[2], nth end
    if newest < 0 and of == bucket - 1 then rows = math.max(rows, each[2]) end
  end
  if name then
    local held = tonumber(call('HGET', base .. 'postings', name) or 0)
    if held < rows * FULL then return name, rows end
    rows = math.min(rows * 8, 4194304)
  end
  -- Never a name again: what a part that went has left runs out by itself.
  name = string.format('%.0f.%d', bucket, call('INCR', base .. 'parts'))
  call('HSET', base .. 'rows', name, string.format('%.0f', rows))
  return name, rows
end
local function post(part, rows, sketch, number)
  local packed = struct.pack('>I4', number)
  for i = 1, #sketch, 8 do
    local row, field = struct.unpack('>I4', sketch, i) % rows, sub(sketch, i + 3, i + 7)
    local key = base .. part .. ':p:' .. row
    local held = call('HGET', key, field)
    if not held then
      set(key, field, packed, part)
    elseif #held < MOST * 4 then
      call('HSET', key, field, held .. packed)
    else
      local more = base .. part .. ':m:' .. row .. ':' .. field
      local size = call('APPEND', more, packed)
      if size == 4 then lasting(more, part) end
      if size >= 512 then
        call('SET', more, call('GETRANGE', more, -256, -1))
        lasting(more, part)
      end
    end
  end
  call('HINCRBY', base .. 'postings', part, #sketch / 8)
end
local function name_it(part, number, article, seen)
  local key, field = place(part, 'n', number)
  set(key, field, string.format('%.0f %.0f', article, seen), part)
  call('SADD', base .. part .. ':ns', string.match(key, '(%d+)$'))
  lasting(base .. part .. ':ns', part)
  key, field = place(part, 'a', article)
  set(key, field, string.format('%.0f', number), part)
  call('HINCRBY', base .. 'living', part, 1)
end
local function add(article, seen, sketch)
  strike(article)
  local number = call('INCR', base .. 'numbers')
  local part, rows = part_for(seen)
  name_it(part, number, article, seen)
  post(part, rows, sketch, number)
  return part .. ' ' .. string.format('%.0f', number)
end
local function holders(sketch, least)
  local counts, where, order = {}, {}, {}
  local function hold(held, part)
    for j = 1, #held, 4 do
      local number = struct.unpack('>I4', held, j)
      if counts[number] then
        counts[number] = counts[number] + 1
      else
        counts[number], where[number], order[#order + 1] = 1, part, number
      end
    end
  end
  local heads, fields, n = {}, {}, #sketch / 8
  for i = 1, n do
    heads[i], fields[i] = struct.unpack('>I4', sketch, i * 8 - 7), sub(sketch, i * 8 - 4, i * 8)
  end
  for _, each in ipairs(parts()) do
    local part, rows, prefix = each[1], each[2], base .. each[1] .. ':p:'
    for i = 1, n do
      local held = call('HGET', prefix .. heads[i] % rows, fields[i])
      if held then
        hold(held, part)
        if #held >= MOST * 4 then
          hold(call('GET', base .. part .. ':m:' .. heads[i] % rows .. ':' .. fields[i]) or '', part)
        end
      end
    end
  end
  local found = {}
  for _, number in ipairs(order) do
    if counts[number] >= least then found[#found + 1] = number end
  end
  table.sort(found, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a > b
  end)
  return found, counts, where
end
local function named(number, part)
  local said = call('HGET', place(part, 'n', number))
  return said and tonumber(string.match(said, '^%S+'))
end

-- part tell
local function tell(told, found, counts, where, limit)
  local last, number_told = 0, 0
  for looked, number in ipairs(found) do
    -- Those that share as much as the last one with a place are told too: they are ordered by id.
    if (number_told >= limit and counts[number] < last) or looked > 4096 then break end
    local article = named(number, where[number])
    if article and article < PROVISIONAL then
      told[#told + 1] = string.format('%.0f %d', article, counts[number])
      number_told, last = number_told + 1, counts[number]
    end
  end
  return table.concat(told, '\n')
end

-- script add after prelude
for i = 5, #ARGV, 3 do add(tonumber(ARGV[i]), tonumber(ARGV[i + 1]), ARGV[i + 2]) end
return 'OK'

-- script candidates after prelude tell
local found, counts, where = holders(ARGV[5], tonumber(ARGV[7]))
return tell({'OK'}, found, counts, where, tonumber(ARGV[6]))

-- script enter after prelude tell
local id, seen, lasts = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
call('ZREMRANGEBYSCORE', base .. 'flight', '-inf', clock)
local found, counts, where = holders(ARGV[5], tonumber(ARGV[7]))
local before = {}
for _, number in ipairs(found) do
  local name = string.format('%.0f', number)
  if call('ZSCORE', base .. 'flight', name) then before[#before + 1] = name end
end
local placed = add(id, seen, ARGV[5])
local number = string.match(placed, ' (%d+)$')
call('ZADD', base .. 'flight', string.format('%.0f', clock + lasts), number)
lasting(base .. 'flight', string.match(placed, '^(%S+) '))
local told = {'OK', placed, table.concat(before, ' ')}
return tell(told, found, counts, where, tonumber(ARGV[6]))

-- script settle after prelude
local id, part, number, article, seen = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8], ARGV[9]
call('ZREM', base .. 'flight', number)
strike(id)
if article ~= '' then
  strike(tonumber(article))
  name_it(part, tonumber(number), tonumber(article), tonumber(seen))
end
return 'OK'

-- script in_flight after prelude
local told = {'OK'}
for i = 5, #ARGV do
  local ends = call('ZSCORE', base .. 'flight', ARGV[i])
  if ends and tonumber(ends) > clock then told[#told + 1] = ARGV[i] end
end
return table.concat(told, '\n')

-- script missing after prelude
local told, known = {'OK'}, parts()
for i = 5, #ARGV do
  local found = false
  for _, each in ipairs(known) do
    local key, field = place(each[1], 'a', tonumber(ARGV[i]))
    found = found or call('HEXISTS', key, field) == 1
  end
  if not found then told[#told + 1] = ARGV[i] end
end
return table.concat(told, '\n')

-- script remove after prelude
strike(tonumber(ARGV[5]))
return 'OK'

-- script expire after prelude
local before = tonumber(ARGV[5])
local gone, told = 0, {'OK', ''}
for _, each in ipairs(parts()) do
  local part, bucket = each[1], tonumber(string.match(each[1], '^(-?%d+)'))
  if (bucket + 1) * length <= before then
    gone = gone + tonumber(call('HGET', base .. 'living', part) or 0)
    for _, hash in ipairs({'rows', 'postings', 'living'}) do call('HDEL', base .. hash, part) end
  elseif bucket * length < before then
    for _, row in ipairs(call('SMEMBERS', base .. part .. ':ns')) do
      told[#told + 1] = part .. ' ' .. row
    end
  end
end
told[2] = tostring(gone)
return table.concat(told, '\n')

-- script expire_rows after prelude
local before, gone = tonumber(ARGV[5]), 0
for i = 6, #ARGV do
  local part, row = string.match(ARGV[i], '^(%S+) (%d+)$')
  local key, dead = base .. part .. ':n:' .. row, 0
  local said = call('HGETALL', key)
  for j = 1, #said, 2 do
    local article, seen = string.match(said[j + 1], '^(%S+) (%S+)$')
    if tonumber(seen) < before then
      call('HDEL', key, said[j])
      call('HDEL', place(part, 'a', tonumber(article)))
      dead = dead + 1
    end
  end
  if dead > 0 then call('HINCRBY', base .. 'living', part, -dead) end
  gone = gone + dead
end
return 'OK\n' .. gone

-- script size after prelude
local living = 0
for _, number in ipairs(call('HVALS', base .. 'living')) do living = living + number end
return 'OK\n' .. living - call('ZCARD', base .. 'flight')

-- script finish
local state = redis.call('GET', KEYS[1])
local wanted = 'filling:' .. ARGV[1] .. ' '
if not state or string.sub(state, 1, #wanted) ~= wanted then return 0 end
redis.call('SET', KEYS[1], 'whole ' .. string.sub(state, #wanted + 1))
return 1
