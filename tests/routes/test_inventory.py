"""Inventories are recognised by what they hold, and give the routes that their makers' documentation says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.routes.inventory import read_inventory

SETTINGS = Settings.model_validate(
    {"legacy": {"url": "https://l.example/kong"}, "candidate": {"url": "https://c.example/prod"}}
)


def routes(tmp_path: Path, content: str) -> list[str]:
    file = tmp_path / "inventory"
    file.write_text(content)
    return [route.name for route in read_inventory(file, SETTINGS)]


SERVERLESS = """
service: shop
frameworkVersion: '4'
provider: {name: aws, stage: "${opt:stage, 'dev'}"}
functions:
  getOrder:
    handler: src/orders.get
    environment: {TABLE: !Ref Table}
    events:
      - http: GET orders/{orderId}
      - http: {path: '/orders/{orderId}/', method: delete, cors: true}
      - sqs: arn:aws:sqs:eu:1:q
      - schedule: rate(1 hour)
  profile:
    events:
      - httpApi: 'PATCH /user/profile'
      - httpApi: {method: any, path: '/any/{proxy+}'}
      - httpApi: {method: POST, path: /}
  fallback:
    events:
      - httpApi: '*'
  cron: {handler: x}
"""
SERVERLESS_LIST = "functions:\n  - a: {events: [{http: GET /a}]}\n  - b: {events: [{http: GET /b}]}\n"
SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  GetOrder:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: !Sub s3://${Bucket}
      Events:
        Api: {Type: Api, Properties: {Path: '/orders/{id}', Method: get, RestApiId: !Ref Api}}
        Any: {Type: HttpApi, Properties: {Path: /any, Method: ANY}}
        Queue: {Type: SQS, Properties: {Queue: x}}
  Rest:
    Type: AWS::Serverless::Function
    Properties: {Events: {All: {Type: HttpApi}}}
  Table: {Type: AWS::DynamoDB::Table}
"""
HTTP_API = """
Resources:
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'GET /orders/{id}'}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $default}}
"""
REST_API = json.dumps(
    {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi"},
            "Orders": {
                "Type": "AWS::ApiGateway::Resource",
                "Properties": {"PathPart": "orders", "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}},
            },
            "Order": {
                "Type": "AWS::ApiGateway::Resource",
                "Properties": {"PathPart": "{id}", "ParentId": {"Ref": "Orders"}},
            },
            "GetOrder": {
                "Type": "AWS::ApiGateway::Method",
                "Properties": {
                    "HttpMethod": "GET",
                    "ResourceId": {"Ref": "Order"},
                    "Integration": {"Type": "AWS_PROXY"},
                },
            },
            "Preflight": {
                "Type": "AWS::ApiGateway::Method",
                "Properties": {
                    "HttpMethod": "OPTIONS",
                    "ResourceId": {"Ref": "Order"},
                    "Integration": {"Type": "MOCK"},
                },
            },
            "Root": {
                "Type": "AWS::ApiGateway::Method",
                "Properties": {"HttpMethod": "ANY", "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}},
            },
        }
    }
)
OPENAPI = """
openapi: 3.1.0
servers: [{url: 'https://{host}/{base}', variables: {host: {default: x}, base: {default: prod}}}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path}]
    get: {operationId: getOrder}
    delete: {}
  /any: {x-amazon-apigateway-any-method: {}}
  /shared: {$ref: '#/components/pathItems/Shared'}
components: {pathItems: {Shared: {post: {}}}}
"""
SWAGGER = "swagger: '2.0'\nbasePath: /kong/\npaths: {/orders: {get: {}}, /: {post: {}}}\n"
OTHER_BASE = "openapi: 3.0.0\nservers: [{url: /v1}]\npaths: {/orders: {get: {}}}\n"
KONG = """
_format_version: "3.0"
services:
- name: orders
  url: http://orders:8080
  routes:
  - {name: list, paths: [/kong/orders], methods: [GET, POST]}
  - {name: one, paths: ['~/kong/orders/(?<id>\\d+)$'], methods: [GET]}
  - {name: odd, paths: ['~/kong/things/(a|b/c)+'], methods: [GET]}
routes:
- {name: status, paths: [/kong/status]}
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SERVERLESS, ["GET /orders/{orderId}", "DELETE /orders/{orderId}", "PATCH /user/profile", "* /any/{proxy+}",
                      "POST /", "* /{default+}"]),
        (SERVERLESS_LIST, ["GET /a", "GET /b"]),
        (SAM, ["GET /orders/{id}", "* /any", "* /{default+}"]),
        (HTTP_API, ["GET /orders/{id}", "* /{default+}"]),
        (REST_API, ["GET /orders/{id}", "* /"]),
        (OPENAPI, ["GET /orders/{id}", "DELETE /orders/{id}", "* /any", "POST /shared"]),
        (SWAGGER, ["GET /orders", "POST /"]),
        (OTHER_BASE, ["GET /v1/orders"]),
        (KONG, ["* /status", "* /status/{proxy+}", "GET /orders", "POST /orders", "GET /orders/{proxy+}",
                "POST /orders/{proxy+}", "GET /orders/{id}", "GET /things", "GET /things/{proxy+}"]),
    ],
    ids=["serverless", "serverless-list", "sam", "http-api", "rest-api", "openapi", "swagger", "other-base", "kong"],
)  # fmt: skip
def test_the_routes_of_each_format_are_read(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert routes(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("functions:\n  f:\n    events:\n      - http: GET ${self:custom.base}/x\n",
         r"inventory, line 4: function f: .*unresolved variable: .*`serverless print`"),
        ("functions:\n  f:\n    events:\n      - http:\n          path: ${self:custom.base}/x\n          method: get\n",
         r"inventory, line 5: function f: .*`serverless print`"),
        ("functions: ${file(functions.yml)}\n", r"inventory, line 1: functions: .*`serverless print`"),
        ("functions: {f: {events: ['${file(events.yml)}']}}\n", r"function f: .*`serverless print`"),
        ("functions: {f: {events: [{http: {path: '/a b', method: get}}]}}", r"function f: get /a b is not a route"),
        ("functions: {f: {events: [{schedule: rate(1 hour)}]}}", "declares no HTTP route"),
        ("functions:\n", "declares no HTTP route"),
        ("Resources: {F: {Type: 'AWS::Lambda::Function'}}", "declares no HTTP route"),
        ("a: b", "is not an inventory of routes: expected a serverless.yml"),
        ("[1, 2]", "is not an inventory of routes"),
        ("", "is not an inventory of routes"),
        ("Resources: {R: {Type: 'AWS::ApiGatewayV2::Route', Properties: {RouteKey: !Sub 'GET /${B}/x'}}}",
         r"R: .*unresolved variable"),
    ],
)  # fmt: skip
def test_what_cant_be_understood_is_one_clear_error(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        routes(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        "functions: 1",
        "functions: {f: 1, g: {events: 1}, h: {events: [1, {http: 1}, {http: [a]}, {http: {path: [1]}}]}}",
        "openapi: 3\npaths: {/a: 1, /b: {get: 1}, 3: {get: {}}}\nservers: 1",
        "swagger: 2\npaths: []",
        "_format_version: 3\nservices: 1\nroutes: [1, {paths: 1, methods: 1}, {paths: [1]}]",
        "Resources: {A: {Type: 'AWS::ApiGateway::Method', Properties: {ResourceId: 1}}, B: {Type: [1]}}",
        "Resources: {A: {Type: 'AWS::Serverless::Function', Properties: {Events: {E: {Type: Api, Properties: 1}}}}}",
        """
        Resources:
          A: {Type: 'AWS::ApiGateway::Resource', Properties: {PathPart: a, ParentId: {Ref: A}}}
          M: {Type: 'AWS::ApiGateway::Method', Properties: {HttpMethod: GET, ResourceId: {Ref: A}}}
        """,
    ],
)
def test_odd_structures_never_end_in_a_traceback(tmp_path: Path, content: str) -> None:
    try:
        names = routes(tmp_path, content)
    except ConfigError:
        return
    assert all(name.count(" ") == 1 for name in names)
