"""Bodies of every kind with a secret in them under a secret name: what it is called → media type and template."""

from __future__ import annotations

__all__ = ["PLANTED"]

HTML = "text/html; charset=utf-8"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
MIXED = "multipart/mixed; boundary=b1"
FORM_DATA = "multipart/form-data; boundary=b1"
NDJSON = "application/x-ndjson"
SOAP = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsse="urn:wsse"><soap:Header>'
    '{header}</soap:Header><soap:Body><note n="{note}">{more}</note></soap:Body></soap:Envelope>'
)


def page(inner: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>'
        f"<p>{{before}}</p>{inner}<p>{{after}}</p></body></html>"
    )


def part(head: str, inner: str, newline: str = "\r\n") -> str:
    text = f'--b1\nContent-Disposition: form-data; name="note"\n\n{{before}}\n--b1\n{head}\n\n{inner}\n--b1--\n'
    return text.replace("\n", newline)


def field(name: str, inner: str = "{secret}", more: str = "", newline: str = "\r\n") -> str:
    return part(f'Content-Disposition: form-data; name="{name}"{more}', inner, newline)


PLANTED: dict[str, tuple[str, str]] = {
    "json": ("application/json", '{{"note": "{before}", "password": "{secret}", "more": "{after}"}}'),
    "json-deep": (
        "application/json",
        '{{"a": [{{"credentials": {{"x": ["{secret}"], "y": "{after}"}}}}, "{before}"]}}',
    ),
    "json-wrong-type": ("text/html", '{{"note": "{before}", "access_token": "{secret}"}}'),
    "json-broken": ("application/json", '{{"note": "{before}", "clientSecret": "{secret}", "more": {after}'),
    "json-configured": ("application/json", '{{"user": {{"email": "{secret}"}}, "n": "{before}"}}'),
    "json-repeated": ("application/json", '{{"token": "{before}", "token": "{secret}", "n": "{after}"}}'),
    "json-within": ("application/json", '{{"log": "{before} {{\\"password\\": \\"{secret}\\"}}", "n": "{after}"}}'),
    "ndjson": (NDJSON, '{{"note": "{before}"}}\n{{"token": "{secret}", "n": "{after}"}}\n'),
    "ndjson-configured": (NDJSON, '{{"note": "{before}"}}\n{{"user": {{"email": "{secret}"}}}}\n'),
    "ndjson-broken": (NDJSON, '{{"note": "{before}"}}\n{{"token": "{secret}", "n": "{after}\n'),
    "json-seq": ("application/json-seq", '\x1e{{"note": "{before}"}}\n\x1e{{"secret": {{"a": "{secret}"}}}}\n'),
    "form": (FORM, "note={before}&password={secret}&more={after}"),
    "form-nested": (FORM, "note={before}&user%5Btoken%5D={secret}&token={secret}"),
    "form-configured": (FORM, "note={before}&user%5Bemail%5D={secret}&more={after}"),
    "form-data": (FORM_DATA, field("password")),
    "form-data-lf": (FORM_DATA, field("password", newline="\n")),
    "form-data-unquoted": (FORM_DATA, part("Content-Disposition: form-data; name=token", "{secret}")),
    "form-data-folded": (FORM_DATA, part('Content-Disposition: form-data;\n name="token"', "{secret}")),
    "form-data-json": (
        FORM_DATA,
        field("o", '{{"tax": "{secret}", "n": "{after}"}}', "\nContent-Type: application/json"),
    ),
    "form-data-html": (FORM_DATA, field("h", '<input name="token" value="{secret}">', "\nContent-Type: text/html")),
    "form-data-base64": (
        FORM_DATA,
        field("o", "{coded}", "\nContent-Type: application/json\nContent-Transfer-Encoding: base64"),
    ),
    "multipart": (MIXED, field("api_key")),
    "multipart-header": (MIXED, part("Set-Cookie: sid={secret}; Path=/\nX-Vault-Token: {secret}", "{after}")),
    "multipart-authorization": (
        FORM_DATA,
        field("n", "{after}", "\nAuthorization: Basic {secret}\nX-Tenant-Pass: {secret}"),
    ),
    "xml": (XML, "<a><note>{before}</note><password>{secret}</password><more>{after}</more></a>"),
    "xml-attribute": (XML, '<a><note n="{before}"/><login n="{after}" token="{secret}"/></a>'),
    "xml-list": (XML, "<a>{before}<token>{secret}</token>x<token>{secret}-{after}</token></a>"),
    "xml-texts": (XML, "<a><token>{secret}<b>{before}</b>{secret}</token>{after}</a>"),
    "xml-below": (XML, '<a><credential kind="{before}"><id n="{secret}">{secret}</id></credential></a>'),
    "xml-cdata": (XML, "<a n='{before}'><pin><![CDATA[{secret}]]></pin>{after}</a>"),
    "xml-entity": (XML, '<!DOCTYPE a [<!ENTITY e "{secret}">]><a n="{before}"><pin>&e;</pin>{after}</a>'),
    "xml-named": (
        XML,
        '<a><n>{before}</n><property name="db.password" value="{secret}"/><entry key="apiKey">{secret}</entry></a>',
    ),
    "xml-configured": (XML, "<x><n>{before}</n><mothers_name>{secret}</mothers_name></x>"),
    "xml-wrong-type": ("text/plain", '<a n="{before}"><password>{secret}</password><b token="{secret}"/>{after}</a>'),
    "xml-odd-type": ("application/x-thing", '<a n="{before}"><password>{secret}</password>{after}</a>'),
    "soap": (
        "text/xml",
        SOAP.format(header="<wsse:Password Type='x'>{secret}</wsse:Password>", note="{before}", more="{after}"),
    ),
    "soap-token": (
        "application/soap+xml",
        SOAP.format(
            header="<wsse:BinarySecurityToken>{secret}</wsse:BinarySecurityToken>", note="{before}", more="{after}"
        ),
    ),
    "soap-attribute": (
        "text/xml",
        SOAP.format(header='<wsse:U wsse:token="{secret}"/>', note="{before}", more="{after}"),
    ),
    "html-input": (
        HTML,
        page('<form><input name="q" value="{after}"><input name="csrf_token" type="hidden" value="{secret}"></form>'),
    ),
    "html-meta": (HTML, page("").replace("<title>", '<meta name="csrf-token" content="{secret}"><title>')),
    "html-data": (HTML, page('<div data-token="{secret}">{after}</div>')),
    "html-attribute-with-tag": (HTML, page('<input name="token" title="<b>" value="{secret}">')),
    "html-spelled": (HTML, page('<input name="csrf&#95;token" value="{secret}">')),
    "html-textarea": (HTML, page('<textarea name="private_key">{secret}</textarea>')),
    "html-select": (HTML, page('<select name="otp"><option value="{secret}">{secret}</option></select>')),
    "html-script": (HTML, page('<script>window.__TOKEN__ = "{secret}"; window["apiKey"] = \'{secret}\'</script>')),
    "html-state": (
        HTML,
        page('<script>window.__STATE__ = {{"secret": {{"a": ["{secret}"]}}, "n": "{after}"}}</script>'),
    ),
    "html-island": (HTML, page('<script type="application/json">{{"a": {{"credentials": ["{secret}"]}}}}</script>')),
    "html-link": (HTML, page('<a href="/cb?x=1&amp;access_token={secret}">{after}</a>')),
    "html-encoded-link": (HTML, page('<a href="/to?url=https%3A%2F%2Fx%2F%3Faccess_token%3D{secret}">{after}</a>')),
    "html-code": (HTML, page('<a href="/cb?code={secret}&amp;state=x1">{after}</a>')),
    "html-bearer": (HTML, page("<pre>Authorization: Bearer {secret}</pre>")),
    "html-mended": (HTML, "<html><p>{before}<input name=token value='{secret}'><b></p>{after}"),
    "text": ("text/plain", "{before}\npassword: {secret}\n{after}"),
    "text-one-line": ("text/plain", '{before} "password": "{secret}" {after}'),
    "text-bearer": ("text/plain", "{before} Bearer {secret} {after}"),
    "text-url": ("text/plain", "{before} https://u:{secret}@h.example/?token={secret} {after}"),
    "text-quoted-long": ("text/plain", '{before} token = "' + "{secret}" * 12 + '" {after}'),
    "odd-type": ("application/x-thing", "{before} token={secret} {after}"),
}
