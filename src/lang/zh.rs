//! 简体中文。
//!
//! Flags, values, placeholders and names of variables stay as they are.

mod help;
mod hints_arguments;
mod hints_clouds;
mod messages_arguments;
mod messages_clouds;

use super::{ReportTexts, Texts};
use crate::error::ErrorKind;
use crate::import::Status;

pub(super) const TEXTS: Texts = Texts {
    title: |info| info.title_zh,
    colon: "：",
    comma: "，",
    semicolon: "；",
    phrase: Some(phrase),
    help: help::HELP,
    report: ReportTexts {
        error: "错误",
        warning: "警告",
        hint: "提示",
        cause: "原因",
        tried: "已查找",
        detail: "详情",
        status,
        kind: |kind| match kind {
            ErrorKind::Usage => "用法有误",
            ErrorKind::PrivateKey => "这是私钥",
            ErrorKind::KeyInvalid => "公钥无效",
            ErrorKind::KeyUnsupported => "不支持这种公钥",
            ErrorKind::NoCredentials => "没有凭证",
            ErrorKind::CredentialsInvalid => "凭证无效",
            ErrorKind::CredentialsRejected => "凭证被拒绝",
            ErrorKind::CredentialsExpired => "凭证已过期",
            ErrorKind::ClockSkew => "本机时钟偏差过大",
            ErrorKind::PermissionDenied => "没有权限",
            ErrorKind::NameTaken => "名称已被占用",
            ErrorKind::KeyTaken => "公钥已存在于其他名称下",
            ErrorKind::QuotaExceeded => "密钥对配额已用尽",
            ErrorKind::Throttled => "被限流",
            ErrorKind::Unavailable => "服务不可用",
            ErrorKind::Network => "网络故障",
            ErrorKind::OutcomeUnknown => "结果未知",
            ErrorKind::KeyRefused => "云拒绝了公钥",
            ErrorKind::NameRefused => "云拒绝了名称",
            ErrorKind::RegionRefused => "云拒绝了地域",
            ErrorKind::ValueRefused => "云拒绝了参数",
            ErrorKind::Mismatch => "云端内容与发送的不一致",
            ErrorKind::Unexpected => "意外错误",
        },
        stored: |is_verified, is_renamed| match (is_verified, is_renamed) {
            (true, false) => "（已核实）",
            (true, true) => "（已核实，以此名称存在）",
            (false, false) => "（未核实）",
            (false, true) => "（未核实，以此名称存在）",
        },
        targets: |targets| format!("共 {targets} 个目标"),
        count: |count, status| match status {
            Status::AlreadyPresentAs => format!("以其他名称存在 {count} 个"),
            other => format!("{} {count} 个", self::status(other)),
        },
    },
};

fn phrase(template: &str) -> Option<&'static str> {
    let tables = [
        messages_arguments::translation,
        messages_clouds::translation,
        hints_arguments::translation,
        hints_clouds::translation,
    ];
    tables.iter().find_map(|table| table(template))
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Imported => "已导入",
        Status::AlreadyPresent | Status::AlreadyPresentAs => "已存在",
        Status::WouldImport => "将导入",
        Status::Absent => "不存在",
        Status::Conflict => "冲突",
        Status::Failed => "失败",
        Status::Unknown => "未知",
        Status::Skipped => "已跳过",
    }
}
