//! 消息：what the program says of clouds, credentials and the network.

/// Returns the translation of a message.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn translation(message: &str) -> Option<&'static str> {
    Some(match message {
        // What a cloud holds, and what it says.
        "{} refused the request" => "",
        "`{}` already holds another key; nothing was changed" => {
            "`{}` 已是另一个公钥；未做任何更改"
        }
        "`{}`{} is taken, and the cloud does not show which key holds it; nothing was changed" => {
            "`{}`{} 已被占用，且云未显示是哪个公钥；未做任何更改"
        }
        "this key is already stored as `{}`, and the cloud keeps it only once" => {
            "该公钥已以 `{}` 存在，而该云对同一公钥只保存一份"
        }
        "the cloud reports a conflict, but lists no matching key pair" => {
            "云报告冲突，但未列出匹配的密钥对"
        }
        "the name or key is taken, and the cloud does not show which key holds it" => {
            "名称或公钥已被占用，且云未显示是哪个公钥"
        }
        "the name or key is taken, and looking up which key holds it failed" => {
            "名称或公钥已被占用，且查询是哪个公钥时失败"
        }
        "the request may or may not have been processed" => "请求可能已被处理，也可能没有",
        "the cloud accepted the key and does not list it" => "云已接受公钥，但列表中没有",
        "the response describes a different key or region" => "响应中是另一个公钥或地域",
        "there was no time to look again" => "没有时间再次查询",
        "the cloud stored the key in region `{}`, not in `{}`" => {
            "云将公钥存入了地域 `{}`，而不是 `{}`"
        }
        "the cloud stored the key as `{}`, not as `{}`" => "云以 `{}` 保存了公钥，而不是 `{}`",
        "the cloud holds another key as `{}`" => "云端的 `{}` 是另一个公钥",
        "the run was stopped" => "运行已中止",
        "the response to the import cannot be read" => "无法解析导入的响应",
        "the list of key pairs cannot be read" => "无法解析密钥对列表",
        "the list of regions cannot be read" => "无法解析地域列表",
        "the list of regions holds an invalid id" => "地域列表中有无效的 ID",
        "the list of regions is empty" => "地域列表为空",
        "the list of regions holds none of the partition of `{}`" => {
            "地域列表中没有与 `{}` 同一分区的地域"
        }
        "the list of key pairs" => "密钥对列表",
        "the list of regions" => "地域列表",
        "{} does not end" => "{}没有结尾",
        "{} is too long" => "{}过长",
        "internal error: the import task failed" => "内部错误：导入任务失败",
        "the results could not be written" => "无法写出结果",
        "the state could not be saved: {}" => "无法保存状态：{}",
        "cannot listen on loopback for the sandbox" => "沙箱无法监听回环地址",
        "cannot install signal handlers" => "无法安装信号处理程序",
        "cannot start the async runtime" => "无法启动异步运行时",
        "cannot create the HTTP client" => "无法创建 HTTP 客户端",
        "TLS cannot be set up" => "无法初始化 TLS",

        // Credentials.
        "the sandbox" => "沙箱",
        "no credentials found" => "没有找到凭证",
        "not set" => "未设置",
        "is not there" => "不存在",
        "is empty" => "为空",
        "holds no key" => "其中没有密钥",
        "stands for no file" => "表示不使用文件",
        "is not looked for: there is no home directory" => "未查找：没有主目录",
        "is disabled by `{}`" => "已被 `{}` 禁用",
        "is not available: {}" => "不可用：{}",
        "the instance role" => "实例角色",
        "holds no {}s" => "其中没有任何 {}",
        "holds no {} `{}` (it holds {})" => "其中没有 {} `{}`（有 {}）",
        "holds no {} `{}` (it holds {}), though it names it as the current one" => {
            "其中没有 {} `{}`（有 {}），虽然将其设为当前配置"
        }
        "names no current profile and holds no `{}` (it holds {})" => {
            "未设当前配置，也没有 `{}`（有 {}）"
        }
        "no credentials for `{} {}`" => "`{} {}` 没有凭证",
        "`{}` names the profile `{}`" => "`{}` 指定了配置 `{}`",
        "there is no profile `{}` (there are {})" => "没有配置 `{}`（有 {}）",
        "`{}` is missing" => "缺少 `{}`",
        "`{}` is set and `{}` is missing" => "已设置 `{}`，但缺少 `{}`",
        "`{}` and `{}` are missing" => "缺少 `{}` 和 `{}`",
        "`{}` or `{}` is missing" => "缺少 `{}` 或 `{}`",
        "both `{}` and `{}` are set" => "同时设置了 `{}` 和 `{}`",
        "`{}` begins or ends with a quote" => "`{}` 的开头或结尾有引号",
        "the exchange for a temporary credential was refused" => "换取临时凭证被拒绝",
        "the program of `{}` failed: {}" => "`{}` 指定的程序失败：{}",
        "programs are disabled by `{}`" => "程序已被 `{}` 禁用",
        "{} cannot be read: {}" => "{} 无法读取：{}",
        "{} is not UTF-8" => "{} 不是 UTF-8 编码",
        "{} is UTF-16, not UTF-8" => "{} 是 UTF-16 编码，不是 UTF-8",
        "{} `{}` is not supported" => "不支持 {} `{}`",
        "the login is not valid any longer" => "登录已失效",
        "no credential was found: the run was stopped" => "没有找到凭证：运行已中止",
        "there is no credential of a login" => "没有登录的凭证",
        "the login has no expiration" => "登录没有过期时间",
        "there is no login in {}" => "{} 中没有登录",
        "the credential of the login expired at {}" => "登录的凭证已于 {} 过期",
        "no credential was found before the timeout" => "在超时之前没有找到凭证",
        "no credential was found before the timeout: no response from {}" => {
            "在超时之前没有找到凭证：{} 没有响应"
        }

        // The network, proxies and certificates.
        "no response from {}" => "{} 没有响应",
        "no response from {}: the run was stopped" => "{} 没有响应：运行已中止",
        "no time was left to send the request" => "没有剩余时间发送请求",
        "no complete response within {}" => "在 {} 内没有收到完整的响应",
        "the request holds {} that HTTP cannot carry" => "请求中有 HTTP 无法传输的{}",
        "an address" => "地址",
        "a method" => "方法",
        "a header name" => "请求头名称",
        "a header value" => "请求头的值",
        "the response is longer than 1 MiB" => "响应超过 1 MiB",
        "the name `{}` does not exist" => "域名 `{}` 不存在",
        "the name `{}` cannot be resolved" => "域名 `{}` 无法解析",
        "the connection failed" => "连接失败",
        "the connection was not made in time" => "连接超时",
        "the connection was refused" => "连接被拒绝",
        "the connection was reset" => "连接被重置",
        "the connection was closed in the middle" => "连接中途关闭",
        "the host cannot be reached from this network" => "当前网络无法到达该主机",
        "the response is not HTTP" => "响应不是 HTTP",
        "the TLS connection failed" => "TLS 连接失败",
        "the host does not speak TLS on this port" => "该主机在此端口上不使用 TLS",
        "the host refuses this TLS connection (1.2 or newer)" => {
            "该主机拒绝此 TLS 连接（1.2 或更新）"
        }
        "the certificate has expired" => "证书已过期",
        "the certificate is not valid yet" => "证书尚未生效",
        "the certificate is for another host{}" => "证书属于其他主机{}",
        "the certificate is signed by an unknown authority" => "证书由未知的 CA 签发",
        "the certificate is not for servers" => "证书不能用于服务器",
        "the certificate cannot be read" => "证书无法读取",
        "the certificate is self-signed" => "证书是自签名的",
        "the certificate is an authority's and not a host's" => "证书属于 CA，而不是主机",
        "the certificate is signed by one that is not an authority's" => "证书的签发者不是 CA",
        "the certificate is of X.509 version 1, which names no host" => {
            "证书是 X.509 版本 1，不含主机名"
        }
        "the certificate is not valid" => "证书无效",
        "no CA certificate in {}{}" => "{}{} 中没有 CA 证书",
        "`{}` cannot be used as a proxy: {}" => "`{}` 不能用作代理：{}",
        "it is not UTF-8" => "不是 UTF-8 编码",
        "it contains a control character" => "含有控制字符",
        "it has quotes around it" => "外面有引号",
        "SOCKS version 4 is not supported" => "不支持 SOCKS 版本 4",
        "its scheme is not `http`, `https`, `socks5` or `socks5h`" => {
            "协议不是 `http`、`https`、`socks5` 或 `socks5h`"
        }
        "its user name or password contains `/`, `?` or `#`" => {
            "用户名或密码中含有 `/`、`?` 或 `#`"
        }
        "its user name and password are not UTF-8 of at most 200 bytes" => {
            "用户名和密码不是 200 字节以内的 UTF-8"
        }
        "its host is missing" => "缺少主机",
        "its host is not a name or an address" => "主机既不是域名也不是地址",
        "its port is not a number from 1 to 65535" => "端口不是 1 到 65535 之间的数字",
        "it has a path, query or fragment" => "含有路径、查询参数或片段",
        "the proxy in `{}` cannot be reached: {}" => "无法连接 `{}` 中的代理：{}",
        "the proxy in `{}` closed the connection" => "`{}` 中的代理关闭了连接",
        "the proxy in `{}` made no connection in time" => "`{}` 中的代理未能及时建立连接",
        "the proxy in `{}` does not speak HTTP" => "`{}` 中的代理不使用 HTTP",
        "the proxy in `{}` does not speak SOCKS version 5" => "`{}` 中的代理不使用 SOCKS 版本 5",
        "the proxy in `{}` refused the user name or the password" => {
            "`{}` 中的代理拒绝了用户名或密码"
        }
        "the proxy in `{}` accepts no user name and password" => "`{}` 中的代理不接受用户名和密码",
        "the proxy in `{}` requires a user name and a password" => "`{}` 中的代理要求用户名和密码",
        "the proxy in `{}` refused to connect ({})" => "`{}` 中的代理拒绝连接（{}）",
        "the proxy in `{}` refused to connect" => "`{}` 中的代理拒绝连接",
        "certificate {} is damaged and is not used" => "第 {} 个证书已损坏，不予使用",
        "certificate {} is damaged and is not used: its line ends are missing" => {
            "第 {} 个证书缺少换行，已损坏，不予使用"
        }
        "it is DER, and PEM is wanted; `openssl x509 -inform der -in FILE -out FILE.pem` converts a certificate" => {
            "这是 DER，需要 PEM；可用 `openssl x509 -inform der -in FILE -out FILE.pem` 转换"
        }
        "it is UTF-16; save it as UTF-8" => "这是 UTF-16，请另存为 UTF-8",
        "this system has no CA certificates: the list built into keyimport is used, which is as old as this version (`--ca-file` names another)" => {
            "本系统没有 CA 证书：改用 keyimport 内置的列表，其新旧与本版本相同（可用 `--ca-file` 另行指定）"
        }
        _ => return None,
    })
}
