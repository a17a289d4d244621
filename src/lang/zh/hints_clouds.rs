//! 提示：what to do about clouds, credentials and the network.

/// Returns the translation of a hint.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn translation(hint: &str) -> Option<&'static str> {
    Some(match hint {
        // Conflicts, and what a cloud refuses.
        "give another name, such as `--name {}`" => "请换一个名称，例如 `--name {}`",
        "use `--name {}`, or leave `--name` out; nothing was changed" => {
            "请使用 `--name {}`，或去掉 `--name`；未做任何更改"
        }
        "check the console: this identity may not be allowed to list every key pair" => {
            "请查看控制台：该身份可能无权列出所有密钥对"
        }
        "a name stays taken for up to an hour after its key pair was deleted while in use; give another one with `--name`" => {
            "使用中的密钥对删除后，其名称最多一小时内仍被占用；请用 `--name` 指定其他名称"
        }
        "allow this identity `{}`, or use another one" => "请授予该身份 `{}` 权限，或换用其他身份",
        "allow this identity `{}`, then run again to settle it" => {
            "请授予该身份 `{}` 权限，再重新运行以确认结果"
        }
        "verify the account in the console of the cloud" => "请在云控制台中完成实名认证",
        "subscribe to the service in the console of the cloud" => "请在云控制台中开通该服务",
        "ask the support of the cloud; no policy changes this" => {
            "请联系云的技术支持；调整权限策略无法解决"
        }
        "top up the account in the console of the cloud" => "请在云控制台中为账户充值",
        "use an identity whose policy asks for no second factor" => "请使用不要求二次验证的身份",
        "add this machine's address to the list of the access key, or use another key" => {
            "请将本机地址加入该访问密钥的白名单，或换用其他访问密钥"
        }
        "one of four is wrong: the access key id or secret; the clock of this machine; the region, if this account has not enabled it; or the partition, if the account is of another one (China, GovCloud, European Sovereign Cloud)" => {
            "以下四项之一有误：访问密钥 ID 或密钥；本机时钟；地域（账户可能未启用）；分区（账户可能属于其他分区，如中国区、GovCloud、欧洲主权云）"
        }
        "get a new session token; without one, set the clock of this machine (NTP)" => {
            "请获取新的会话令牌；未使用令牌时，请校准本机时钟（NTP）"
        }
        "set the clock of this machine: it says {}, the server says {}" => {
            "请校准本机时钟：本机为 {}，服务器为 {}"
        }
        "redirects are not followed; check `--endpoint` and proxies" => {
            "不跟随重定向；请检查 `--endpoint` 和代理"
        }
        "it is safe to run again; `--timeout` gives it more time" => {
            "可以放心重试；可用 `--timeout` 延长时间"
        }
        "run again to settle it, and report this as a bug" => "请重新运行以确认结果，并报告此缺陷",
        "check where standard output goes, and run again; a key that is there is not imported twice" => {
            "请检查标准输出的去向后重新运行；已存在的公钥不会重复导入"
        }

        // Credentials.
        "set `{}` and `{}`, or run `{}`" => "请设置 `{}` 和 `{}`，或运行 `{}`",
        "set `{}` and `{}`, or run `{}` or `{}`" => "请设置 `{}` 和 `{}`，或运行 `{}` 或 `{}`",
        "set `{}` and `{}`, or configure a profile with `{}`" => {
            "请设置 `{}` 和 `{}`，或用 `{}` 添加配置"
        }
        "`{}` renews it" | "`{}` logs in again" => "`{}` 可重新登录",
        "any command of `{}` with `{}` renews it" => "任何带 `{1}` 的 `{0}` 命令都会更新凭证",
        "`{}` asks for the code; set the variables that it prints" => {
            "`{}` 会询问验证码；请设置其输出的变量"
        }
        "copy the value again, without spaces and line ends" => "请重新复制该值，不要带空格和换行",
        "remove one of them" => "请去掉其中一个",
        "supported are {}" => "支持的有 {}",
        "name a profile that exists, or leave it out" => "请指定已有的配置，或不指定",
        "use https, loopback, or one of {}" => "请使用 https、回环地址，或以下之一：{}",
        "write the path without them" => "请写作不含它们的路径",
        "save the file as UTF-8" => "请将文件保存为 UTF-8 编码",
        "the file looks like {}; name a file in {}" => "该文件看起来是 {}；请指定 {} 格式的文件",
        "an instance role works on a machine of this cloud only" => {
            "实例角色只能在该云的机器上使用"
        }
        "run the command by itself to see what it says" => "请单独运行该命令，查看其输出",
        "check account and role in the profile" => "请检查配置中的账号和角色",
        "the OIDC token has expired: let the job fetch a new one into its file" => {
            "OIDC 令牌已过期：请让作业获取新的令牌并写入文件"
        }
        "let the trust policy of the role accept this OIDC token" => {
            "请在角色的信任策略中允许该 OIDC 令牌"
        }
        "write the token to a file and name that file" => "请将令牌写入文件，再指定该文件",
        "write nothing but the token to the file" => "文件中只能有令牌",

        // The network, proxies and certificates.
        "check `--endpoint` and proxies" => "请检查 `--endpoint` 和代理",
        "check the region, the network and the name server" => "请检查地域、网络和域名服务器",
        "check the clock of this machine, or tell the host's owner" => {
            "请检查本机时钟，或告知该主机的管理员"
        }
        "check the clock of this machine" => "请检查本机时钟",
        "name your own authority with `--ca-file` or `SSL_CERT_FILE`" => {
            "请用 `--ca-file` 或 `SSL_CERT_FILE` 指定自己的 CA"
        }
        "if it is your own, name it with `--ca-file` or `SSL_CERT_FILE`" => {
            "如果是自己的证书，请用 `--ca-file` 或 `SSL_CERT_FILE` 指定"
        }
        "name a PEM file of CA certificates with `--ca-file`" => {
            "请用 `--ca-file` 指定 PEM 格式的 CA 证书文件"
        }
        "with `socks5h://` instead of `socks5://` the proxy resolves names" => {
            "改用 `socks5h://` 代替 `socks5://`，即可由代理解析域名"
        }
        "`NO_PROXY` names hosts to reach without a proxy" => "`NO_PROXY` 用于指定不走代理的主机",
        "check host and port in the variable; `NO_PROXY` names hosts to reach without a proxy" => {
            "请检查变量中的主机和端口；`NO_PROXY` 用于指定不走代理的主机"
        }
        "check port and scheme in the variable: `http://`, `https://`, `socks5://` or `socks5h://`" => {
            "请检查变量中的端口和协议：`http://`、`https://`、`socks5://` 或 `socks5h://`"
        }
        "put them into the variable: `SCHEME://USER:PASSWORD@HOST:PORT`; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported" => {
            "请写入变量：`SCHEME://USER:PASSWORD@HOST:PORT`；HTTP 代理使用 Basic 认证，不支持 NTLM 等其他方式"
        }
        "leave user name and password out of the variable" => "请从变量中去掉用户名和密码",
        "check both, and percent-encode `%`, `:`, `/`, `?`, `#` and `@` in them; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported" => {
            "请检查二者，其中的 `%`、`:`、`/`、`?`、`#` 和 `@` 须百分号编码；HTTP 代理使用 Basic 认证，不支持 NTLM 等其他方式"
        }
        "write `http://HOST:PORT`, an IPv6 address in brackets" => {
            "请写作 `http://HOST:PORT`，IPv6 地址加方括号"
        }
        "write `http://HOST:PORT`, or unset it" => "请写作 `http://HOST:PORT`，或取消设置",
        "write `socks5://HOST:PORT`, or `socks5h://HOST:PORT` if the proxy is to resolve names" => {
            "请写作 `socks5://HOST:PORT`；由代理解析域名时写作 `socks5h://HOST:PORT`"
        }
        "percent-encode the user name and the password" => "用户名和密码须百分号编码",
        "percent-encode them: `%2F` for `/`, `%3F` for `?`, `%23` for `#`" => {
            "须百分号编码：`/` 写作 `%2F`，`?` 写作 `%3F`，`#` 写作 `%23`"
        }

        // The sandbox.
        "name a file that `--sandbox=FILE` wrote, or one that does not exist yet" => {
            "请指定由 `--sandbox=FILE` 写入的文件，或尚不存在的文件"
        }
        "give `--sandbox=FILE` a file that is writable and that no other run holds" => {
            "请为 `--sandbox=FILE` 指定可写且未被其他运行占用的文件"
        }
        _ => return None,
    })
}
