//! 帮助。

use crate::error::ExitCode;
use crate::lang::{CommandTexts, Example, FlagText, HelpTexts, Variable};
use crate::provider::Purpose;

pub(super) const HELP: HelpTexts = HelpTexts {
    command: Some(CommandTexts {
        about: "将 SSH 公钥导入一个或多个云，并核实导入结果",
        usage: "用法",
        arguments: "参数",
        default: "默认值",
        values: "可选值",
        heading: |heading| {
            Some(match heading {
                "Target" => "导入目标",
                "Key pair" => "密钥对",
                "Credentials" => "凭证",
                "Mode" => "运行方式",
                "Limits" => "限制",
                "Output" => "输出",
                _ => return None,
            })
        },
        flag,
        value,
        signature: |info| format!("发往{}的请求所用的签名方式（令牌服务除外）", info.title_zh),
        signature_form: |form| form.help_zh,
    }),
    examples: "示例",
    exit_codes: "退出码",
    environment: "环境变量",
    example: |example| match example {
        Example::OneKey => "导入一个公钥，地域取自配置或使用默认地域",
        Example::Regions => "导入两个地域",
        Example::Clouds => "导入多个云",
        Example::AllRegions => "导入该云的所有地域，并输出 JSON",
        Example::StandardInput => "从标准输入读取公钥，并指定名称",
        Example::DryRun => "向云查询本次运行会做什么，不做任何更改",
        Example::Check => "在脚本中检查公钥是否已存在",
        Example::Offline => "查看指纹和请求内容，无需凭证，不建立连接",
        Example::Sandbox => "没有账号也可在沙箱中试用",
    },
    exit_code: |code| match code {
        ExitCode::AsWanted => "所有目标均符合预期",
        ExitCode::Unexpected => "意外错误，或云端保存的内容与发送的不一致",
        ExitCode::Usage => "用法或配置有误",
        ExitCode::Key => "公钥未通过检查，未发送任何内容",
        ExitCode::Credentials => "没有凭证、凭证被拒绝，或本机时钟有误",
        ExitCode::PermissionDenied => "没有权限",
        ExitCode::Conflict => "名称或公钥已被占用，未做任何更改",
        ExitCode::Quota => "密钥对配额已用尽",
        ExitCode::Transient => "被限流、服务不可用或网络故障，可以放心重试",
        ExitCode::Unknown => "结果未知，重新运行即可确认",
        ExitCode::Mixed => "部分目标符合预期，部分不符合",
        ExitCode::Refused => "云拒绝了公钥、名称、地域或其他参数",
        ExitCode::Absent => "使用 --check 时：公钥不存在",
        ExitCode::HungUp => "因终端关闭（SIGHUP）而中止",
        ExitCode::Interrupted => "被 Ctrl-C（SIGINT）中止",
        ExitCode::Terminated => "被 SIGTERM 中止",
    },
    purpose: |purpose| match purpose {
        Purpose::Key => "密钥",
        Purpose::Profile => "配置与文件",
        Purpose::Region => "地域",
        Purpose::Role => "角色与登录",
        Purpose::Service => "实例或容器",
        Purpose::Address => "接入地址",
    },
    variable: |variable| match variable {
        Variable::Proxies => {
            "代理，以及不走代理的主机；小写的变量名同样有效。代理写作 \
             SCHEME://[USER[:PASSWORD]@]HOST[:PORT]，SCHEME 为 http、https、socks5 或 socks5h。"
        }
        Variable::Certificates => "用这里的 CA 证书代替系统自带的 CA 证书。",
        Variable::Color => "设置后不使用颜色，除非指定了 --color。",
        Variable::NoMetadata => "不向实例元数据服务获取凭证。",
        Variable::Language => "界面语言：zh 开头为中文，其他为英文；--lang 优先。",
    },
};

/// Returns the texts of a flag by its id.
fn flag(id: &str) -> Option<FlagText> {
    let (short, long) = match id {
        "keys" => (
            "公钥文件；`-` 表示标准输入",
            "默认使用 ~/.ssh/id_{ed25519,ecdsa,rsa}.pub 中存在的那一个。",
        ),
        "provider" => ("要导入的云", ""),
        "region" => (
            "地域，多个地域以逗号分隔",
            "可重复指定。不指定时依次取环境变量、配置中的地域，再取该云的默认地域。",
        ),
        "all_regions" => ("导入该云列出的所有地域", ""),
        "to" => ("云及其地域，每个云指定一次", ""),
        "endpoint" => {
            ("改用此地址发送请求", "其中的 `{region}` 会替换为地域。仅回环地址可使用明文 HTTP。")
        }
        "all_keys" => ("文件包含多个公钥时全部导入", ""),
        "name" => (
            "密钥对名称",
            "导入多个公钥时，`{}` 代表各公钥自己的名称。默认取公钥的注释，其次取文件名，再次取 `key-` 加 SHA-256 的前 8 位。",
        ),
        "description" => ("密钥对的描述", ""),
        "tag" => ("密钥对的标签，可重复指定", ""),
        "resource_group" => ("资源组 ID", ""),
        "project" => ("项目，填写名称或编号", ""),
        "profile" => (
            "该云自带命令行工具的配置名称",
            "从中读取凭证和地域。任何选项都不接受密钥，请使用环境变量、文件或角色。",
        ),
        "dry_run" => ("向云查询会做什么，不做更改", ""),
        "check" => (
            "检查公钥是否已存在，不做更改",
            "退出码：0 表示存在，12 表示不存在，6 表示该名称下是另一个公钥。",
        ),
        "offline" => {
            ("显示指纹和请求内容，不建立连接", "无需凭证，显示的请求中不含密钥等敏感信息。")
        }
        "list_regions" => {
            ("列出地域", "由云返回；使用 --offline 或没有凭证时，列出本版本已知的地域。")
        }
        "sandbox" => (
            "在内置的沙箱云上运行，无需账号",
            "沙箱云是程序的一部分，只监听回环地址。FILE 用于在多次运行之间保存其状态。",
        ),
        "timeout" => ("单个目标的超时时间，含重试和核实", ""),
        "connect_timeout" => ("建立连接的超时时间", ""),
        "attempts" => ("每个请求的最大尝试次数", ""),
        "jobs" => ("同时处理的最大目标数", ""),
        "fail_fast" => ("首次失败后不再处理新的目标", ""),
        "ca_file" => ("只信任此文件中的 CA 证书", ""),
        "output" => ("结果的输出格式 [默认值：text]", ""),
        "quiet" => ("只输出错误；指定 --output 时也输出结果", ""),
        "verbose" => (
            "显示各项设置的来源；-vv 还显示请求过程",
            "`-vv` 显示每个 HTTP 请求和响应，其中不含密钥等敏感信息。",
        ),
        "color" => ("何时使用颜色", ""),
        "lang" => {
            ("界面语言", "默认由 LC_ALL、LC_MESSAGES 或 LANG 决定。JSON 和制表符分隔的输出不翻译。")
        }
        "generate" => ("输出手册页或 shell 补全脚本后退出", ""),
        "help" => ("显示帮助：-h 为常用选项，--help 为全部", ""),
        "version" => ("显示版本", ""),
        _ => return None,
    };
    Some(FlagText { short, long })
}

/// Returns what a value of a flag means, by the flag's id.
fn value(flag: &str, value: &str) -> Option<&'static str> {
    Some(match (flag, value) {
        ("output", "text") => "终端上按列对齐，其他情况以制表符分隔",
        ("output", "json") => "一个 JSON 文档",
        ("output", "jsonl") => "每个目标完成时输出一行 JSON 对象",
        ("color", "auto") => "在终端上使用，除非设置了 `NO_COLOR`",
        ("color", "always") => "总是使用",
        ("color", "never") => "从不使用",
        ("lang", "en") => "英文",
        ("lang", "zh") => "中文",
        ("generate", "man") => "手册页（英文）",
        ("generate", "complete-bash") => "bash 补全脚本",
        ("generate", "complete-zsh") => "zsh 补全脚本",
        ("generate", "complete-fish") => "fish 补全脚本",
        ("generate", "complete-powershell") => "PowerShell 补全脚本",
        _ => return None,
    })
}
