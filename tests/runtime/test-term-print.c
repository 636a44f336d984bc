/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term: terms as text, in both syntaxes, within limits, and safe to show.
 */
#include "runtime/term/term.h"
#include "tests/support/grove-locale-test.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

#define CREATION 0x01020304
#define BYTES(bytes)                                                                               \
  {                                                                                                \
    (const uint8_t *) (bytes), sizeof (bytes) - 1                                                  \
  }

/* ---- What things look like ------------------------------------------------------------------- */

struct row
{
  const char *path;
  const char *term; /* to be parsed */
  const char *erlang;
  const char *elixir;
};

static const struct row rows[] = {
  { "atom", "ok", "ok", ":ok" },
  { "atom-empty", "''", "''", ":\"\"" },
  { "atom-space", "'hello world'", "'hello world'", ":\"hello world\"" },
  { "atom-capital", "'EXIT'", "'EXIT'", ":EXIT" },
  { "atom-at", "a@b", "a@b", ":a@b" },
  { "atom-question", "'a?'", "'a?'", ":a?" },
  { "atom-digit", "'1a'", "'1a'", ":\"1a\"" },
  { "atom-underscore", "'_x'", "'_x'", ":_x" },
  { "atom-quote", "'it\\'s \"x\"'", "'it\\'s \"x\"'", ":\"it's \\\"x\\\"\"" },
  { "atom-backslash", "'a\\\\b'", "'a\\\\b'", ":\"a\\\\b\"" },
  { "atom-newline", "'a\\nb'", "'a\\nb'", ":\"a\\nb\"" },
  { "atom-control", "'a\\x{1}'", "'a\\x{1}'", ":\"a\\u{1}\"" },
  { "atom-right-to-left", "'a\\x{202E}b'", "'a\\x{202E}b'", ":\"a\\u{202E}b\"" },
  { "atom-reserved", "'end'", "'end'", ":end" },
  { "atom-latin1", "caf\303\251", "caf\303\251", ":\"caf\303\251\"" },
  { "atom-polish", "'\305\202'", "'\305\202'", ":\"\305\202\"" },
  { "atom-nil", "nil", "nil", "nil" },
  { "atom-true", "true", "true", "true" },
  { "atom-alias", "'Elixir.Grove.Shop'", "'Elixir.Grove.Shop'", "Grove.Shop" },
  { "atom-no-alias", "'Elixir.grove'", "'Elixir.grove'", ":\"Elixir.grove\"" },
  { "integer", "-42", "-42", "-42" },
  { "integer-64", "-9223372036854775808", "-9223372036854775808", "-9223372036854775808" },
  { "integer-chunks", "1000000000000000000000000001", "1000000000000000000000000001",
    "1000000000000000000000000001" },
  { "integer-big", "16#ffffffffffffffffffffffff", "79228162514264337593543950335",
    "79228162514264337593543950335" },
  { "float", "1.0", "1.0", "1.0" },
  { "float-negative-zero", "-0.0", "-0.0", "-0.0" },
  { "float-tenth", "0.1", "0.1", "0.1" },
  { "float-small", "0.00001", "1.0e-5", "1.0e-5" },
  { "float-thousandth", "0.001", "0.001", "0.001" },
  { "float-hundred", "100.0", "100.0", "100.0" },
  { "float-million", "1000000.0", "1.0e6", "1.0e6" },
  { "float-digits", "123456.789", "123456.789", "123456.789" },
  { "float-53", "9007199254740991.0", "9007199254740991.0", "9007199254740991.0" },
  { "float-above-53", "9007199254740992.0", "9.007199254740992e15", "9.007199254740992e15" },
  { "float-largest", "1.7976931348623157e308", "1.7976931348623157e308", "1.7976931348623157e308" },
  { "float-least", "4.9e-324", "5.0e-324", "5.0e-324" },
  { "binary", "<<\"hi\">>", "<<\"hi\">>", "\"hi\"" },
  { "binary-empty", "<<>>", "<<>>", "\"\"" },
  { "binary-utf8", "<<\"\342\202\254\"/utf8>>", "<<\"\342\202\254\"/utf8>>", "\"\342\202\254\"" },
  { "binary-latin1", "<<\"\303\251\">>", "<<233>>", "<<233>>" },
  { "binary-bytes", "<<0,1,255>>", "<<0,1,255>>", "<<0, 1, 255>>" },
  { "binary-escapes", "<<\"a\\n\\t\\e\\\"\\\\\">>", "<<\"a\\n\\t\\e\\\"\\\\\">>",
    "\"a\\n\\t\\e\\\"\\\\\"" },
  { "binary-right-to-left", "<<\"\\x{202E}\"/utf8>>", "<<\"\\x{202E}\"/utf8>>", "\"\\u{202E}\"" },
  { "binary-c1", "<<\"\\x{9b}\"/utf8>>", "<<194,155>>", "<<194, 155>>" },
  { "binary-interpolation", "<<\"#{x}\">>", "<<\"#{x}\">>", "\"\\#{x}\"" },
  { "string", "\"abc\"", "\"abc\"", "~c\"abc\"" },
  { "string-escapes", "\"a\\n\\\"\"", "\"a\\n\\\"\"", "~c\"a\\n\\\"\"" },
  { "string-latin1", "\"\303\251\"", "\"\303\251\"", "[233]" },
  { "string-wide", "\"\342\202\254\"", "[8364]", "[8364]" },
  { "string-nul", "[97,0]", "[97,0]", "[97, 0]" },
  { "list", "[1,a,[]]", "[1,a,[]]", "[1, :a, []]" },
  { "list-improper", "[1,2|a]", "[1,2|a]", "[1, 2 | :a]" },
  { "list-improper-text", "[97,98|a]", "[97,98|a]", "[97, 98 | :a]" },
  { "list-keywords", "[{a,1},{b,[]}]", "[{a,1},{b,[]}]", "[a: 1, b: []]" },
  { "list-keywords-quoted", "[{'a b',1}]", "[{'a b',1}]", "[\"a b\": 1]" },
  { "list-nearly-keywords", "[{a,1},b]", "[{a,1},b]", "[{:a, 1}, :b]" },
  { "list-alias-key", "[{'Elixir.A',1}]", "[{'Elixir.A',1}]", "[{A, 1}]" },
  { "tuple", "{a,{},{b}}", "{a,{},{b}}", "{:a, {}, {:b}}" },
  { "map", "#{a => 1}", "#{a => 1}", "%{a: 1}" },
  { "map-empty", "#{}", "#{}", "%{}" },
  { "map-binary-key", "#{<<\"k\">> => 1, b => 2}", "#{b => 2,<<\"k\">> => 1}",
    "%{:b => 2, \"k\" => 1}" },
  { "struct-any", "#{'__struct__' => 'Elixir.Shop.Order',at => nil,id => <<\"o-1\">>}",
    "#{'__struct__' => 'Elixir.Shop.Order',at => nil,id => <<\"o-1\">>}",
    "%Shop.Order{at: nil, id: \"o-1\"}" },
  { "struct-exception",
    "#{'__exception__' => true,'__struct__' => 'Elixir.RuntimeError',message => <<\"no\">>}",
    "#{'__exception__' => true,'__struct__' => 'Elixir.RuntimeError',message => <<\"no\">>}",
    "%RuntimeError{message: \"no\"}" },
  { "struct-empty", "#{'__struct__' => 'Elixir.Shop.Nothing'}",
    "#{'__struct__' => 'Elixir.Shop.Nothing'}", "%Shop.Nothing{}" },
  { "struct-date",
    "#{'__struct__' => 'Elixir.Date',calendar => 'Elixir.Calendar.ISO',day => 31,month => 1,year "
    "=> 2026}",
    "#{'__struct__' => 'Elixir.Date',calendar => 'Elixir.Calendar.ISO',day => 31,month => 1,year "
    "=> 2026}",
    "~D[2026-01-31]" },
  { "struct-time",
    "#{'__struct__' => 'Elixir.Time',calendar => 'Elixir.Calendar.ISO',hour => 9,microsecond => "
    "{120000,3},minute => 5,second => 7}",
    "#{'__struct__' => 'Elixir.Time',calendar => 'Elixir.Calendar.ISO',hour => 9,microsecond => "
    "{120000,3},minute => 5,second => 7}",
    "~T[09:05:07.120]" },
  { "struct-naive",
    "#{'__struct__' => 'Elixir.NaiveDateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {0,0},minute => 5,month => 1,second => 7,year => -1}",
    "#{'__struct__' => 'Elixir.NaiveDateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {0,0},minute => 5,month => 1,second => 7,year => -1}",
    "~N[-0001-01-31 09:05:07]" },
  { "struct-utc",
    "#{'__struct__' => 'Elixir.DateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {1,6},minute => 5,month => 1,second => 7,std_offset => 0,time_zone => "
    "<<\"Etc/UTC\">>,utc_offset => 0,year => 2026,zone_abbr => <<\"UTC\">>}",
    "#{'__struct__' => 'Elixir.DateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {1,6},minute => 5,month => 1,second => 7,std_offset => 0,time_zone => "
    "<<\"Etc/UTC\">>,utc_offset => 0,year => 2026,zone_abbr => <<\"UTC\">>}",
    "~U[2026-01-31 09:05:07.000001Z]" },
  { "struct-moment",
    "#{'__struct__' => 'Elixir.DateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {0,0},minute => 5,month => 7,second => 7,std_offset => 3600,time_zone => "
    "<<\"America/St_Johns\">>,utc_offset => -12600,year => 2026,zone_abbr => <<\"NDT\">>}",
    "#{'__struct__' => 'Elixir.DateTime',calendar => 'Elixir.Calendar.ISO',day => 31,hour => "
    "9,microsecond => {0,0},minute => 5,month => 7,second => 7,std_offset => 3600,time_zone => "
    "<<\"America/St_Johns\">>,utc_offset => -12600,year => 2026,zone_abbr => <<\"NDT\">>}",
    "#DateTime<2026-07-31 09:05:07-02:30 NDT America/St_Johns>" },
  { "struct-date-of-another-calendar",
    "#{'__struct__' => 'Elixir.Date',calendar => 'Elixir.Shop.Calendar',day => 31,month => 1,year "
    "=> 2026}",
    "#{'__struct__' => 'Elixir.Date',calendar => 'Elixir.Shop.Calendar',day => 31,month => 1,year "
    "=> 2026}",
    "%Date{calendar: Shop.Calendar, day: 31, month: 1, year: 2026}" },
  { "struct-time-unlikely",
    "#{'__struct__' => 'Elixir.Time',calendar => 'Elixir.Calendar.ISO',hour => 9,microsecond => "
    "{0,7},minute => 5,second => 7}",
    "#{'__struct__' => 'Elixir.Time',calendar => 'Elixir.Calendar.ISO',hour => 9,microsecond => "
    "{0,7},minute => 5,second => 7}",
    "%Time{calendar: Calendar.ISO, hour: 9, microsecond: {0, 7}, minute: 5, second: 7}" },
  { "struct-range", "#{'__struct__' => 'Elixir.Range',first => 1,last => 10,step => 1}",
    "#{'__struct__' => 'Elixir.Range',first => 1,last => 10,step => 1}", "1..10" },
  { "struct-range-step", "#{'__struct__' => 'Elixir.Range',first => 10,last => 1,step => -3}",
    "#{'__struct__' => 'Elixir.Range',first => 10,last => 1,step => -3}", "10..1//-3" },
  { "struct-set", "#{'__struct__' => 'Elixir.MapSet',map => #{a => [],{1} => []}}",
    "#{'__struct__' => 'Elixir.MapSet',map => #{a => [],{1} => []}}", "MapSet.new([:a, {1}])" },
  { "struct-expression",
    "#{'__struct__' => 'Elixir.Regex',opts => <<\"iu\">>,re_version => <<\"8\">>,source => "
    "<<\"^a/b\\\\/\\\\d+$\">>}",
    "#{'__struct__' => 'Elixir.Regex',opts => <<\"iu\">>,re_version => <<\"8\">>,source => "
    "<<\"^a/b\\\\/\\\\d+$\">>}",
    "~r/^a\\/b\\/\\d+$/iu" },
  { "struct-expression-words",
    "#{'__struct__' => 'Elixir.Regex',opts => [caseless],source => <<\"a\">>}",
    "#{'__struct__' => 'Elixir.Regex',opts => [caseless],source => <<\"a\">>}", "~r/a/i" },
  { "struct-expression-odd", "#{'__struct__' => 'Elixir.Regex',opts => [odd],source => <<\"a\">>}",
    "#{'__struct__' => 'Elixir.Regex',opts => [odd],source => <<\"a\">>}",
    "%Regex{opts: [:odd], source: \"a\"}" },
  { "struct-other-keys", "#{'__struct__' => 'Elixir.Shop',<<\"k\">> => 1}",
    "#{'__struct__' => 'Elixir.Shop',<<\"k\">> => 1}", "%{:__struct__ => Shop, \"k\" => 1}" },
  { "struct-none", "#{'__struct__' => shop}", "#{'__struct__' => shop}", "%{__struct__: :shop}" },
  { "pid", "<0.12.3>", "<0.12.3>", "#PID<0.12.3>" },
};

static void
assert_prints (struct grove_term term, enum grove_syntax syntax, const char *expected)
{
  char   text[4096];
  bool   truncated = true;
  size_t size = grove_term_print (term, syntax, 64, text, sizeof text, &truncated);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (size, ==, strlen (text));
  g_assert_false (truncated);
}

static struct grove_term
parsed (struct grove_buffer *buffer, const char *text)
{
  buffer->size = 0;
  g_assert_cmpint (grove_term_parse (text, strlen (text), buffer, NULL, NULL), ==, GROVE_OK);
  return grove_buffer_term (buffer);
}

static void
test_row (gconstpointer data)
{
  const struct row   *row = data;
  struct grove_buffer buffer = { 0 }, again = { 0 };
  struct grove_term   term = parsed (&buffer, row->term);

  assert_prints (term, GROVE_SYNTAX_ERLANG, row->erlang);
  assert_prints (term, GROVE_SYNTAX_ELIXIR, row->elixir);
  /* Erlang's text reads back. */
  g_assert_true (grove_term_equal (parsed (&again, row->erlang), term));
  grove_buffer_finish (&buffer);
  grove_buffer_finish (&again);
}

/* What cannot be typed. */
static const struct
{
  struct grove_term term;
  const char       *erlang;
  const char       *elixir;
} opaque[] = {
  { BYTES ("M\0\0\0\2\3\1\240"), "<<1,5:3>>", "<<1, 5::size(3)>>" },
  { BYTES ("M\0\0\0\1\10a"), "<<\"a\">>", "\"a\"" },
  { BYTES ("s\1\351"), "\303\251", ":\"\303\251\"" },
  { BYTES ("qw\5listsw\3mapa\2"), "fun lists:map/2", "&:lists.map/2" },
  { BYTES ("qw\1ms\1\351a\1"), "fun m:\303\251/1", "&:m.\"\303\251\"/1" },
  { BYTES ("qw\13Elixir.Listw\5firsta\1"), "fun 'Elixir.List':first/1", "&List.first/1" },
  { BYTES ("p\0\0\0\64\2"
           "0123456789abcdef"
           "\0\0\0\7"
           "\0\0\0\0"
           "w\1ma\0a\0Xw\1n\0\0\0\1\0\0\0\2\0\0\0\3"),
    "#Fun<m.7/2>", "#Function<:m.7/2>" },
  { BYTES ("Xw\3a@b\0\0\0\14\0\0\0\0\0\0\0\1"), "#Pid<a@b.12.0>", "#PID<:a@b.12.0>" },
  /* The same node, an earlier run. */
  { BYTES ("Xw\15nonode@nohost\0\0\0\14\0\0\0\0\0\0\0\1"), "#Pid<nonode@nohost.12.0>",
    "#PID<:nonode@nohost.12.0>" },
  { BYTES ("Z\0\3w\15nonode@nohost\1\2\3\4\0\0\0\1\0\0\0\2\0\0\0\3"), "#Ref<0.3.2.1>",
    "#Reference<0.3.2.1>" },
  { BYTES ("xw\3a@b\0\0\0\1\0\0\0\0\0\0\0\1"), "#Port<a@b.4294967296>", "#Port<:a@b.4294967296>" },
};

static void
test_opaque (void)
{
  grove_term_set_creation (CREATION);
  for (size_t i = 0; i < G_N_ELEMENTS (opaque); i++)
    {
      g_assert_cmpint (grove_term_check (opaque[i].term.bytes, opaque[i].term.size, NULL), ==,
                       GROVE_OK);
      assert_prints (opaque[i].term, GROVE_SYNTAX_ERLANG, opaque[i].erlang);
      assert_prints (opaque[i].term, GROVE_SYNTAX_ELIXIR, opaque[i].elixir);
    }
}

/* ---- Limits ---------------------------------------------------------------------------------- */

/* For every size of the text: it ends in dots, is whole UTF-8, and keeps its bounds. */
/* What somebody had shortened before it came here. */
static void
test_beginnings (void)
{
  static const struct
  {
    const char *term, *erlang, *elixir;
  } cases[] = {
    { "[1,'$grove_more']", "[1,...]", "[1, ...]" },
    { "{'$grove_more'}", "{...}", "{...}" },
    { "#{a => '$grove_more','$grove_more' => 1}", "#{...,a => ...}", "%{..., a: ...}" },
    { "#{'$grove_more' => 1,'__struct__' => 'Elixir.A',b => 1}",
      "#{...,'__struct__' => 'Elixir.A',b => 1}", "%A{..., b: 1}" },
    { "['$grove_more'|<<\"abc\">>]", "<<\"abc\"...>>", "\"abc\" <> ..." },
    { "['$grove_more'|<<0,255>>]", "<<0,255...>>", "<<0, 255>> <> ..." },
    { "['$grove_more'|b]", "[...|b]", "[... | :b]" },
  };
  struct grove_buffer buffer = { 0 };
  char                text[64];

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int syntax = GROVE_SYNTAX_ERLANG; syntax <= GROVE_SYNTAX_ELIXIR; syntax++)
      {
        struct grove_term term = parsed (&buffer, cases[i].term);
        const char       *whole = syntax == GROVE_SYNTAX_ERLANG ? cases[i].erlang : cases[i].elixir;
        bool              truncated = false;

        grove_term_print (term, syntax, 64, text, sizeof text, &truncated);
        g_assert_cmpstr (text, ==, whole);
        g_assert_true (truncated);
        /* Wherever the room ends. */
        for (size_t capacity = 0; capacity < strlen (whole); capacity++)
          g_assert_cmpuint (grove_term_print (term, syntax, 64, text, capacity, NULL), <=,
                            capacity);
      }
  grove_buffer_finish (&buffer);
}

static void
test_truncated (void)
{
  static const char *const terms[] = {
    "{\303\251\303\251, <<\"\342\202\254\342\202\254\"/utf8>>, \"abc\303\251\", [1,2|x]}",
    "<<\"\360\237\230\200\360\237\230\200\360\237\230\200\"/utf8>>",
    "#{key => <<1,2,3>>, other => 123456789012345678901234567890}",
    "'quoted \303\251 atom'",
  };
  struct grove_buffer buffer = { 0 };
  char                whole[300], text[300];

  for (size_t i = 0; i < G_N_ELEMENTS (terms); i++)
    for (int syntax = GROVE_SYNTAX_ERLANG; syntax <= GROVE_SYNTAX_ELIXIR; syntax++)
      {
        struct grove_term term = parsed (&buffer, terms[i]);
        size_t            all = grove_term_print (term, syntax, 64, whole, sizeof whole, NULL);

        for (size_t capacity = 1; capacity < sizeof text; capacity++)
          {
            bool   truncated;
            size_t size;

            memset (text, 'X', sizeof text);
            size = grove_term_print (term, syntax, 64, text, capacity, &truncated);
            g_assert_cmpuint (size, <, capacity);
            g_assert_cmpuint (size, ==, strlen (text));
            g_assert_true (g_utf8_validate (text, -1, NULL));
            g_assert_cmpint (truncated, ==, capacity <= all);
            if (truncated)
              {
                g_assert_true (g_str_has_suffix (text, capacity > 3 ? "..." : ""));
                if (capacity > 3)
                  g_assert_cmpint (strncmp (text, whole, size - 3), ==, 0);
              }
            else
              g_assert_cmpstr (text, ==, whole);
            for (size_t at = capacity; at < sizeof text; at++)
              g_assert_cmpint (text[at], ==, 'X');
          }
      }
  grove_buffer_finish (&buffer);
}

static void
test_no_room (void)
{
  struct grove_term term = BYTES ("w\2ok");
  char              text[1] = { 'X' };
  bool              truncated = false;

  g_assert_cmpuint (grove_term_print (term, GROVE_SYNTAX_ERLANG, 5, text, 0, &truncated), ==, 0);
  g_assert_true (truncated);
  g_assert_cmpint (text[0], ==, 'X');
  g_assert_cmpuint (grove_term_print (term, GROVE_SYNTAX_ERLANG, 5, text, 1, NULL), ==, 0);
  g_assert_cmpint (text[0], ==, 0);
}

static void
test_depth (void)
{
  static const struct
  {
    unsigned    depth;
    const char *text;
  } depths[] = {
    { 0, "..." },
    { 1, "{a,...,...,...,x}" },
    { 2, "{a,{b,...},[1,...],#{k => ...},x}" },
    { 3, "{a,{b,{...}},[1,[...]],#{k => {...}},x}" },
  };
  struct grove_buffer buffer = { 0 };
  struct grove_term   term = parsed (&buffer, "{a, {b, {{c}}}, [1, [[]]], #{k => {[2]}}, x}");

  for (size_t i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      char text[100];
      bool truncated = false;

      grove_term_print (term, GROVE_SYNTAX_ERLANG, depths[i].depth, text, sizeof text, &truncated);
      g_assert_cmpstr (text, ==, depths[i].text);
      g_assert_true (truncated);
    }
  assert_prints (term, GROVE_SYNTAX_ERLANG, "{a,{b,{{c}}},[1,[[]]],#{k => {[2]}},x}");
  grove_buffer_finish (&buffer);
}

/* A number nobody would read is not written out. */
static void
test_huge_integer (void)
{
  struct grove_buffer buffer = { 0 };
  uint8_t            *bytes = grove_buffer_extend (&buffer, 6 + 100000);
  char                text[4096];
  bool                truncated = false;

  memset (bytes, 0x77, 6 + 100000);
  memcpy (bytes, "o\0\1\206\240\0", 6);
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  grove_term_print (grove_buffer_term (&buffer), GROVE_SYNTAX_ERLANG, 64, text, sizeof text,
                    &truncated);
  g_assert_cmpstr (text, ==, "...");
  g_assert_true (truncated);
  /* The largest that is. */
  memcpy (bytes, "o\0\0\4\0\0", 6);
  buffer.size = 6 + 1024;
  grove_term_print (grove_buffer_term (&buffer), GROVE_SYNTAX_ERLANG, 64, text, sizeof text,
                    &truncated);
  g_assert_cmpuint (strlen (text), ==, 2466);
  g_assert_false (truncated);
  {
    struct grove_buffer again = { 0 };

    g_assert_true (grove_term_equal (parsed (&again, text), grove_buffer_term (&buffer)));
    grove_buffer_finish (&again);
  }
  grove_buffer_finish (&buffer);
}

/* A large term costs no more than what is shown of it. */
static void
test_large_list (void)
{
  enum
  {
    N = 1000000
  };
  struct grove_buffer buffer = { 0 };
  uint8_t            *bytes = grove_buffer_extend (&buffer, 5 + 2 * N + 1);
  char                text[64];
  bool                truncated = false;

  memcpy (bytes, "l\0\17\102\100", 5);
  for (size_t i = 0; i < N; i++)
    {
      bytes[5 + 2 * i] = 'a';
      bytes[5 + 2 * i + 1] = 'x';
    }
  bytes[5 + 2 * N] = 'j';
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  for (int i = 0; i < 10000; i++)
    grove_term_print (grove_buffer_term (&buffer), GROVE_SYNTAX_ERLANG, 64, text, sizeof text,
                      &truncated);
  g_assert_true (truncated);
  g_assert_true (g_str_has_prefix (text, "\"xxxxx"));
  g_assert_true (g_str_has_suffix (text, "xxx..."));
  grove_buffer_finish (&buffer);
}

/* Every character, in an atom and in a binary: nothing that steers a terminal or a text view. */
static void
test_safe (void)
{
  for (uint32_t character = 1; character <= 0x10ffff; character += character < 0x3000 ? 1 : 61)
    {
      struct grove_buffer buffer = { 0 };
      char                name[8] = { 0 }, text[100];

      if (character >= 0xd800 && character <= 0xdfff)
        continue;
      g_unichar_to_utf8 (character, name);
      g_assert_cmpint (grove_build (&buffer, "{~a, ~s}", name, name), ==, GROVE_OK);
      for (int syntax = GROVE_SYNTAX_ERLANG; syntax <= GROVE_SYNTAX_ELIXIR; syntax++)
        {
          grove_term_print (grove_buffer_term (&buffer), syntax, 5, text, sizeof text, NULL);
          g_assert_true (g_utf8_validate (text, -1, NULL));
          for (const char *at = text; *at != 0; at = g_utf8_next_char (at))
            {
              GUnicodeType type = g_unichar_type (g_utf8_get_char (at));

              g_assert_cmpint (type, !=, G_UNICODE_CONTROL);
              g_assert_cmpint (type, !=, G_UNICODE_LINE_SEPARATOR);
              g_assert_cmpint (type, !=, G_UNICODE_PARAGRAPH_SEPARATOR);
              g_assert_false (g_utf8_get_char (at) >= 0x202a && g_utf8_get_char (at) <= 0x202e);
              g_assert_false (g_utf8_get_char (at) >= 0x2066 && g_utf8_get_char (at) <= 0x2069);
            }
        }
      grove_buffer_finish (&buffer);
    }
}

/* Numbers look the same where the point is a comma. */
static void
test_locale (void)
{
  struct grove_term   old_float = BYTES ("c1.50000000000000000000e+00\0\0\0\0\0");
  struct grove_buffer buffer = { 0 };
  double              value = 0;

  if (!grove_locale_test_enter ())
    g_test_skip ("no German locale can be made here");
  else
    {
      g_assert_cmpstr (localeconv ()->decimal_point, ==, ",");
      assert_prints (parsed (&buffer, "{1.5, 0.1, 1.0e100}"), GROVE_SYNTAX_ERLANG,
                     "{1.5,0.1,1.0e100}");
      g_assert_true (grove_match (grove_buffer_term (&buffer), "{~f, 0.1, _}", &value));
      g_assert_cmpfloat (value, ==, 1.5);
      g_assert_cmpint (grove_term_check (old_float.bytes, old_float.size, NULL), ==, GROVE_OK);
      g_assert_true (grove_term_double (old_float, &value));
      g_assert_cmpfloat (value, ==, 1.5);
    }
  grove_locale_test_leave ();
  grove_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/runtime/term/print/", rows[i].path, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/runtime/term/print/opaque", test_opaque);
  g_test_add_func ("/runtime/term/print/beginnings", test_beginnings);
  g_test_add_func ("/runtime/term/print/truncated", test_truncated);
  g_test_add_func ("/runtime/term/print/no-room", test_no_room);
  g_test_add_func ("/runtime/term/print/depth", test_depth);
  g_test_add_func ("/runtime/term/print/huge-integer", test_huge_integer);
  g_test_add_func ("/runtime/term/print/large-list", test_large_list);
  g_test_add_func ("/runtime/term/print/safe", test_safe);
  g_test_add_func ("/runtime/term/print/locale", test_locale);
  return g_test_run ();
}
