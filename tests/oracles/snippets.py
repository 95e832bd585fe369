"""Small pieces of Jinja as Transformers renders them: what chat templates use, and where other engines differ.

Writes `tests/golden/templates/jinja.json`: {"messages", "snippets": [{"template", "text"}]}, or "error" for "text" where
rendering fails. Today is as in `templates.py`.
"""

import json

from templates import FAMILIES, FOLDER, Today
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {
        "role": "user",
        "content": " Who's Emma? ",
        "n": 3,
        "f": 2.5,
        "t": True,
        "l": ["b", "a", "C"],
        "d": {"y": 1, "x": {"z": [1, 2.0, None, True, "q'"]}},
        "e": [],
    },
    {"role": "assistant", "content": "a,b\nc", "name": "bot"},
]

SNIPPETS = r"""
{{ messages[1].f }} {{ messages[1].n }} {{ messages[1].t }} {{ none }} {{ messages[1].l }} {{ messages[1].d }}
{{ messages[1].n / 2 }} {{ messages[1].n // 2 }} {{ messages[1].n % 2 }} {{ messages[1].n ** 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 7 }}
{{ 1 ~ 'a' ~ none ~ true ~ 1.0 }}
{{ 'a' * 3 }}|{{ [1] + [2] }}|{{ [1,2] * 2 }}
{{ 'a{}b{}'.format(1, 'z') }}
{{ messages[1].content.strip().split(' ') }}
{{ messages[1].content.split() }}
{{ 'a b  c'.split() }} {{ 'a-b-c'.split('-', 1) }}
{{ 'aXbX'.rstrip('X') }} {{ 'XaX'.lstrip('X') }} {{ 'XaX'.strip('X') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }}
{{ 'abc'.startswith(('x','a')) }} {{ 'abc'.endswith('c') }} {{ 'abc'.find('z') }} {{ 'abcb'.count('b') }} {{ 'a b'.title() }}
{{ ', '.join(['a','b']) }} {{ 'a\nb'.splitlines() }} {{ 'a'.isalpha() }}
{{ messages[1].l | sort }} {{ messages[1].l | sort(reverse=true) }} {{ messages[1].l | join('|') }} {{ messages[1].l | first }} {{ messages[1].l | last }} {{ messages[1].e | first }}
{{ messages | map(attribute='role') | list }} {{ messages | map(attribute='name', default='-') | join(',') }}
{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | rejectattr('name', 'defined') | list | length }} {{ messages | selectattr('name') | map(attribute='name') | first }}
{{ messages | groupby('role') | length }}
{{ messages[1].d | items | list }} {{ messages[1].d.items() | list }} {{ messages[1].d.keys() | list }} {{ messages[1].d.values() | list }} {{ messages[1].d | dictsort }}
{{ messages[1].d | length }} {{ 'y' in messages[1].d }} {{ messages[1].d.get('q') }} {{ messages[1].d.get('q', 7) }} {{ messages[1].d['q'] is defined }} {{ messages[1].d.q is undefined }}
{% for k, v in messages[1].d.items() %}{{ k }}={{ v }};{% endfor %}
{% for k in messages[1].d %}{{ k }}{% endfor %}
{% for m in messages if m.role != 'system' %}{{ loop.index0 }}{{ m.role }}{% else %}none{% endfor %}
{% for m in messages %}{{ loop.previtem.role if loop.previtem is defined }}>{{ loop.nextitem.role if loop.nextitem }}|{{ loop.cycle('x','y') }}{% endfor %}
{% for m in [] %}x{% else %}empty{% endfor %}
{% for i in range(3) %}{{ i }}{% if i == 1 %}{% break %}{% endif %}{% endfor %}{{ range(1, 7, 2) | list }}
{% set ns = namespace(a=1, b=[]) %}{% for m in messages %}{% set ns.a = ns.a + 1 %}{% set ns.b = ns.b + [m.role] %}{% endfor %}{{ ns.a }}{{ ns.b }}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}{% for i in [1] %}{% set x = 3 %}{% endfor %}{{ x }}
{% set t %}a{{ 1 }}b{% endset %}{{ t | length }}{{ t is string }}
{% macro f(a, b='d', c=none) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, c=2) }}{{ f('x', 'y') | trim }}
{% macro f(m) %}{{ m.role }}{{ caller() }}{% endmacro %}{% call f(messages[0]) %}inner{% endcall %}
{% filter upper %}abc{% endfilter %}{% with a = 5 %}{{ a }}{% endwith %}
{{ 'yes' if messages[0].role == 'system' else 'no' }}{{ 'x' if false }}
{{ undefined_thing }}|{{ undefined_thing is defined }}|{{ undefined_thing or 'd' }}|{{ undefined_thing | default('e') }}|{{ none | default('f') }}|{{ none | default('f', true) }}|{{ '' | default('g', boolean=true) }}
{{ undefined_thing.attr }}
{{ messages[0].nope }}|{{ messages[0].nope.deeper }}
{{ messages[7] is defined }} {{ messages[7] }}
{{ messages[7].role }}
{{ messages[-1].role }} {{ messages[1:][0].role }} {{ messages[:-1] | length }} {{ (messages[::-1])[0].role }} {{ 'abcdef'[1:4] }} {{ 'abc'[-1] }} {{ 'abc'[::-1] }} {{ 'abcdef'[::2] }}
{{ messages[0]['content'] is string }} {{ messages[0] is mapping }} {{ messages is sequence }} {{ 'a' is sequence }} {{ 'a' is iterable }} {{ none is iterable }} {{ 3 is number }} {{ 3 is integer }} {{ 3.0 is float }} {{ true is boolean }} {{ true is number }} {{ true is integer }} {{ none is none }} {{ {} is mapping }} {{ undefined_thing is iterable }} {{ 3 is iterable }} {{ 'a' is lower }} {{ 2 is even }} {{ 4 is divisibleby(2) }} {{ 'a' is in(['a']) }} {{ 1 is eq(1) }} {{ false is false }} {{ 0 is false }}
{{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ 1 < 2 < 3 }} {{ not 1 }} {{ 'a' and 'b' }} {{ 0 or 'z' }} {{ none == false }} {{ [] == [] }} {{ '' or none }}
{{ 'a' not in ['b'] }} {{ 'ell' in 'hello' }} {{ messages[0].role not in ['user'] }} {{ not messages[0].x is defined }} {{ messages[0].x is not defined }}
{{ messages | length }} {{ 'añb' | length }} {{ 'añ😀' | length }} {{ messages[0] | length }} {{ messages | count }}
{{ ' a ' | trim }}|{{ 'xax' | trim('x') }}|{{ 'abc' | upper }}|{{ 'ABC' | lower }}|{{ 'abc def' | title }}|{{ 'abc' | capitalize }}|{{ 'a b' | replace(' ', '_') }}|{{ 'aaa' | replace('a', 'b', 2) }}|{{ 'abc' | reverse }}|{{ [1,2] | reverse | list }}
{{ 'a\nb' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\nb' | indent(width=4, first=false) }}|{{ 'a\n\nb' | indent }}
{{ '3' | int + 1 }} {{ '2.5' | float }} {{ 2.567 | round(1) }} {{ 2.5 | round }} {{ 3 | string + 'a' }} {{ -3 | abs }} {{ [1,2,3] | sum }} {{ [3,1] | max }} {{ [3,1] | min }} {{ 7.9 | int }}
{{ [1,1,2] | unique | list }} {{ [1,2,3,4] | batch(2) | list }} {{ [[1,2],[3]] | map('length') | list }} {{ ['a','b'] | map('upper') | list }} {{ [1,2,3] | select('odd') | list }} {{ [1,none,2] | reject('none') | list }} {{ [0,1] | select | list }}
{{ {'a': 1, 'b': [1, 2]} | tojson }} {{ [1, 'x', none, true, 1.5] | tojson }} {{ 'é<' | tojson }} {{ {'b':1,'a':2} | tojson(sort_keys=true) }} {{ {'a':[1,{}],'c':[]} | tojson(indent=2) }} {{ [1,2] | tojson(separators=(',', ':')) }} {{ 'é😀' | tojson(ensure_ascii=true) }} {{ 'é' | tojson(ensure_ascii=False) }} {{ [1,{'a':2}] | tojson(indent=2, separators=(',', ': ')) }}
{{ messages[0] | tojson }} {{ messages[1] | tojson }}
{{ dict(a=1) }} {{ dict(a=1).a }} {{ (1, 2) }} {{ (1,) }} {{ [(1,'a')] }} {{ "it's" }} {{ ["it's", 'a"b', 'a\nb\\'] }}
{{ strftime_now('%Y-%m-%d') }} {{ strftime_now('%d %b %Y') }} {{ strftime_now('%B %-d, %Y') }} {{ strftime_now('%A %H:%M') }}
{{ raise_exception('no') }}
{%- if true -%}  a  {%- endif -%}  b
{#- comment -#} x {# c #}
{% raw %}{{ x }}{% endraw %}
{{ "a" "b" }}
{{ 'a\tb\x41\u00e9\'' }}
{{ 10 > 9 and 2 >= 2 or false }} {{ (1 if true else 2) + 1 }} {{ - 1 }} {{ 5 - -2 }} {{ 1_000 }} {{ 0x1f }} {{ 1e3 }} {{ 2.0 }} {{ 1.5e-7 }} {{ 100000000000000000000 }} {{ 2**70 }}
{{ messages[0].role.upper() }}{{ messages[0]['role'].replace('s','S') }} {{ messages[0].content.__class__ }}
{{ messages.append(1) }}
{{ [1,2,3][1:] | join(',') }} {{ 'a' ~ ['b'] }} {{ ['a', 1, none, 2.0] | join(' ') }} {{ [true, none] | string }}
{% set a, b = 1, 2 %}{{ a }}{{ b }} {% set d = {'x': 1} %}{{ d.x }}{{ d['x'] }} {{ d.update({'y': 2}) }}
{{ messages | selectattr('role', 'in', ['user','system']) | map(attribute='role') | join(',') }} {{ messages | map(attribute='content') | map('length') | list }}
{%- for message in messages recursive %}{{ message.role[0] }}{% endfor %}{{ loop is defined }}
{% if messages[0].content is not none and messages[0].content is not string %}a{% elif messages[1].e %}b{% else %}c{% endif %}
{{ messages[1].l[0] ~ messages[1].l[-1] }} {{ messages[1]['d']['x']['z'][4] }} {{ messages[1].l.count('a') }}
{{ ('a' if messages[0].x else 'b') ~ ('c' in 'abc') }} {{ true and 'x' }} {{ [] or {} }} {{ 'x' is sameas 'x' }}
{%- set sep = joiner(', ') -%}{% for m in messages %}{{ sep() }}{{ m.role }}{% endfor %}
{% do messages %}
{{ 'a' + 1 }}
{{ 'a' + none }}
{{ 1 + true }}
{% generation %}x{% endgeneration %}{% set y = 1 %}{% generation %}{% set y = 2 %}{{ y }}{% endgeneration %}{{ y }}
{% for m in messages %}{% generation %}{{ loop.index }}{% endgeneration %}{% endfor %}
{% macro g(m) %}{% generation %}{{ m.role }}{% endgeneration %}{% endmacro %}{{ g(messages[2]) }}
{{ '{% generation %}' }} {# {% generation %} #}
{{ undefined_thing | default(none) }} {{ 0 | default(none, true) }} {{ 0 | default(default_value=2, boolean=true) }} {{ undefined_thing | d(3) }}
{# Added {% generation %} and {% endgeneration %} #}{{ '}}' }}{{ '{%' }}a
{{ [1e-05, 2.0] | tojson }} {{ 1e-05 }} {{ 1e16 }} {{ 123456.789 }} {{ 0.0001 }}
{{ undefined_thing | tojson }}
{{ messages[0].nope | length }}
{{ messages.nope.deeper }}
{{ 3 | length }}
{{ messages[0] + 1 }}
""".strip("\n").split("\n")

# Of more than one line.
SNIPPETS += [
    "{% for m in messages %}\n  {%- generation -%}\n  {{ m.role }}\n  {%- endgeneration -%}\n{% endfor %}",
    "  {% if true %}\n  a\n  {%- if false %}b{% endif +%}\n{% endif %}\n  c\n\n",
]


def render(tokenizer: PreTrainedTokenizerFast, template: str) -> dict:
    try:
        text = tokenizer.apply_chat_template(MESSAGES, chat_template=template, tokenize=False)
    except Exception as error:
        return {"template": template, "error": f"{type(error).__name__}: {error}"}
    return {"template": template, "text": text}


def main() -> None:
    chat_template_utils.datetime = Today
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(FOLDER / "smollm2" / "tokenizer.json"), **FAMILIES["smollm2"].names
    )
    lines = ",\n".join(json.dumps(render(tokenizer, snippet), ensure_ascii=False) for snippet in SNIPPETS)
    messages = json.dumps(MESSAGES, ensure_ascii=False)
    (FOLDER / "jinja.json").write_text(f'{{"messages": {messages}, "snippets": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{len(SNIPPETS)} snippets")


if __name__ == "__main__":
    main()
