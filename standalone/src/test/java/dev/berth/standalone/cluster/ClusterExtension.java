package dev.berth.standalone.cluster;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test method that asks for one a {@link BerthCluster}, and closes it afterwards. */
public final class ClusterExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BerthCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        String hint = context.getTestMethod()
                .map(java.lang.reflect.Method::getName)
                .orElse(context.getRequiredTestClass().getSimpleName());
        return context.getStore(NAMESPACE)
                .computeIfAbsent(BerthCluster.class, type -> BerthCluster.create(hint), BerthCluster.class);
    }
}
