"""What the OpenAPI document says beyond the signatures of the routes."""

from typing import Any

from pydantic import BaseModel

from core.cases.intake import FIELDS
from core.rules.forms import json_schema


class Problem(BaseModel):
    """Every refusal looks like this."""

    code: str
    """For programs: `invalid`, `not_found`, `moved_on` …"""
    message: str
    """For people, in their language."""
    data: dict[str, Any]
    """`fields` maps each faulty field to its sentence (422)."""


_REFUSALS = {
    400: "请求格式不对",
    401: "请先登录",
    403: "没有权限，或现在不能这样办",
    404: "没有找到，或无权查看",
    409: "诉求刚被别人处理过（version 已变）",
    413: "内容或文件太大",
    422: "有内容需要改正：data.fields 逐项说明",
    429: "操作太频繁：见 Retry-After",
    500: "系统故障：data.id 是故障编号",
    503: "系统忙，或尚未配置",
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text} for status, text in _REFUSALS.items()
}


def json_body(schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """`openapi_extra` of a route that reads a JSON object."""
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": required, "content": content}}


def appeal() -> dict[str, Any]:
    """The intake form as JSON Schema; `form` holds the category's own fields."""
    schema = json_schema(FIELDS)
    schema["properties"]["form"] = {"type": "object", "title": "类别专用字段"}
    schema["example"] = {"body": "小区三号楼暖气不热", "area": "131024104", "phone": "13800000000"}
    return schema


def action() -> dict[str, Any]:
    """The fields of an action are the county's own: see `GET …/actions`."""
    version = {"type": "integer", "title": "您看到的版本", "minimum": 0}
    return {"type": "object", "properties": {"version": version}, "additionalProperties": True}


def multipart() -> dict[str, Any]:
    """`openapi_extra` of an upload."""
    file = {"type": "string", "format": "binary"}
    schema = {"type": "object", "properties": {"file": file}, "required": ["file"]}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


CREATED: dict[str, Any] = {"status_code": 201, "responses": {201: {"description": "已登记"}}}
SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "onedoor_session"},
}
"""A cookie's unsafe methods also want the header `X-OneDoor` or a same-site `Origin`."""
